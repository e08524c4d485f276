package dev.millrace.kv;

/** Whether the service may run transactions. If Redis refuses MULTI, the commands after it run one by one. */
enum TransactionSupport {
    ALLOWED,
    REFUSED,
    UNKNOWN
}
