package dev.millrace.outbound;

import java.net.InetAddress;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/** Which addresses a client may call. */
public class AddressGuard {

    private final AddressKinds kinds = new AddressKinds();
    private final Set<AddressKind> refused;
    private final String setting;

    /**
     * A guard that refuses some kinds of addresses.
     *
     * @param refused empty to allow every address
     * @param setting the name of the setting that allows the refused kinds, for messages
     */
    public AddressGuard(Set<AddressKind> refused, String setting) {
        this.refused = Set.copyOf(refused);
        this.setting = setting;
    }

    /** Null if the address may be called; else why not, as a clause about the host, such as "its address is loopback: ...". */
    public @Nullable String refusal(InetAddress address) {
        AddressKind kind = kinds.of(address);
        if (!refused.contains(kind)) {
            return null;
        }
        // Where private addresses are allowed, "private" would not explain the refusal.
        boolean explain = kind == AddressKind.METADATA && !refused.contains(AddressKind.PRIVATE);
        String text = explain ? "that of a cloud's metadata service" : kind.text();
        return "its address is " + text + ": set " + setting + " to allow it";
    }
}
