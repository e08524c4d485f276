package dev.millrace.ratelimit.envoy;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;

import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.emitter.Emitter;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentEndEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.ImplicitTuple;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.events.StreamEndEvent;
import org.yaml.snakeyaml.events.StreamStartEvent;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Writes out what a YAML document says by reference: aliases ({@code *limit}) and merges ({@code <<: *limit}). Jackson reads an alias as
 * the text of its name, so a rule would never match. A document without an alias is left as it is, and keeps its lines.
 */
final class YamlAliases {

    /** Maximum number of values of a document when its aliases are written out, so that nested aliases do not use up the memory. */
    static final int MAX_VALUES = 100_000;

    private static final String MERGE = "<<";

    private final Emitter emitter;
    private final Map<Node, Boolean> open = new IdentityHashMap<>();
    private int values;

    private YamlAliases(StringWriter text) {
        DumperOptions options = new DumperOptions();
        options.setWidth(Integer.MAX_VALUE);
        options.setSplitLines(false);
        emitter = new Emitter(text, options);
    }

    /**
     * Returns the document with its aliases written out.
     *
     * @throws YAMLException if it is not well-formed, if an alias contains itself, or if it has too many values
     */
    static String expand(String document) {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(MAX_VALUES);
        Yaml yaml = new Yaml(options);
        if (!hasAliases(yaml, document)) {
            return document;
        }
        StringWriter text = new StringWriter();
        new YamlAliases(text).write(yaml.compose(new StringReader(document)));
        return text.toString();
    }

    private static boolean hasAliases(Yaml yaml, String document) {
        for (Event event : yaml.parse(new StringReader(document))) {
            if (event instanceof AliasEvent) {
                return true;
            }
        }
        return false;
    }

    private void write(Node root) {
        emit(new StreamStartEvent(null, null));
        emit(new DocumentStartEvent(null, null, false, null, Map.of()));
        value(root);
        emit(new DocumentEndEvent(null, null, false));
        emit(new StreamEndEvent(null, null));
    }

    private void value(Node node) {
        if (++values > MAX_VALUES) {
            throw new YAMLException("more than " + MAX_VALUES + " values with the aliases written out");
        }
        if (node instanceof ScalarNode scalar) {
            boolean plain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
            emit(new ScalarEvent(null, null, new ImplicitTuple(plain, !plain), scalar.getValue(), null, null,
                    scalar.getScalarStyle()));
            return;
        }
        if (open.put(node, true) != null) {
            throw new YAMLException("an alias contains itself");
        }
        if (node instanceof SequenceNode sequence) {
            emit(new SequenceStartEvent(null, null, true, null, null, DumperOptions.FlowStyle.BLOCK));
            sequence.getValue().forEach(this::value);
            emit(new SequenceEndEvent(null, null));
        } else if (node instanceof MappingNode mapping) {
            emit(new MappingStartEvent(null, null, true, null, null, DumperOptions.FlowStyle.BLOCK));
            members(mapping, new HashSet<>());
            emit(new MappingEndEvent(null, null));
        }
        open.remove(node);
    }

    /** Writes the members of an object, then those that it merges. A member that is there already has priority over merged ones. */
    private void members(MappingNode mapping, Set<String> written) {
        Set<String> own = new HashSet<>();
        for (NodeTuple member : mapping.getValue()) {
            if (!isMerge(member) && !written.contains(name(member))) {
                if (!own.add(name(member))) {
                    throw new YAMLException(name(member) + " is there twice, the second time at line "
                            + (member.getKeyNode().getStartMark().getLine() + 1));
                }
                value(member.getKeyNode());
                value(member.getValueNode());
            }
        }
        written.addAll(own);
        for (NodeTuple member : mapping.getValue()) {
            if (isMerge(member)) {
                merge(member.getValueNode(), written);
            }
        }
    }

    private void merge(Node merged, Set<String> written) {
        if (open.put(merged, true) != null) {
            throw new YAMLException("an alias contains itself");
        }
        if (merged instanceof MappingNode mapping) {
            members(mapping, written);
        } else if (merged instanceof SequenceNode sequence) {
            sequence.getValue().forEach(element -> merge(element, written));
        } else {
            throw new YAMLException("<< must name an object, or a list of objects");
        }
        open.remove(merged);
    }

    private static boolean isMerge(NodeTuple member) {
        return member.getKeyNode() instanceof ScalarNode key && key.getScalarStyle() == ScalarStyle.PLAIN
                && key.getValue().equals(MERGE);
    }

    private static String name(NodeTuple member) {
        return member.getKeyNode() instanceof ScalarNode key ? key.getValue() : member.getKeyNode().toString();
    }

    private void emit(Event event) {
        try {
            emitter.emit(event);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
