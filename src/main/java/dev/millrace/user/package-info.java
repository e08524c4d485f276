/**
 * Records of a user that expire: what sessions and refresh tokens have in common. Start with
 * {@link UserRecords}, which stores them, and {@link UserEvents}, which reads their events.
 */
@NullMarked
package dev.millrace.user;

import org.jspecify.annotations.NullMarked;
