/** Named definitions in Redis that every replica follows: policies, cache regions and queue settings. */
@NullMarked
package dev.millrace.settings;

import org.jspecify.annotations.NullMarked;
