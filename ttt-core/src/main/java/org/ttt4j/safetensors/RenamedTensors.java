package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Stored tensors, some of them under other names than they are stored by; messages keep those of the file. */
public final class RenamedTensors implements TensorSource {

    private final TensorSource source;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    /** @param names stored name to the one that it is to have; those that are not stored are passed over */
    public RenamedTensors(TensorSource source, Map<String, String> names) {
        this.source = source;
        source.tensors().forEach((name, info) -> tensors.put(names.getOrDefault(name, name), info));
    }

    @Override
    public String label() {
        return source.label();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    @Override
    public Map<String, String> metadata() {
        return source.metadata();
    }

    @Override
    public void read(TensorInfo info, long from, ByteBuffer into) throws IOException {
        source.read(info, from, into);
    }

    @Override
    public void close() {
        source.close();
    }
}
