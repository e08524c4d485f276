package dev.millrace.outbound;

/** What an IP address is for. */
public enum AddressKind {
    /** Of the public internet. */
    PUBLIC("public"),
    /** This host. */
    LOOPBACK("loopback"),
    /** A private or shared network (RFC 1918, RFC 6598, RFC 4193). */
    PRIVATE("private"),
    /** A cloud's metadata service at an address of a private network. Messages call it private. */
    METADATA("private"),
    /** Only on the same link; among them are the metadata services of most clouds. */
    LINK_LOCAL("link-local"),
    UNSPECIFIED("unspecified"),
    MULTICAST("multicast"),
    BROADCAST("broadcast"),
    DOCUMENTATION("for documentation"),
    BENCHMARKS("for benchmarks"),
    RESERVED("reserved");

    private final String text;

    AddressKind(String text) {
        this.text = text;
    }

    /** The kind as it reads after "its address is". */
    public String text() {
        return text;
    }
}
