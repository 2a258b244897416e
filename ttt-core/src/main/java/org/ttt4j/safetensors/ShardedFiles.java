package org.ttt4j.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.ttt4j.tensor.TttException;

/**
 * Several safetensors files and the index that says which tensor is in which. Every file is opened and checked, and index and
 * files must agree on every name.
 */
public final class ShardedFiles implements TensorSource {

    private final Path index;
    private final Map<String, SafetensorsFile> files;
    private final Map<String, SafetensorsFile> homes = new LinkedHashMap<>();
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    private ShardedFiles(Path index, Map<String, SafetensorsFile> files) {
        this.index = index;
        this.files = files;
    }

    /**
     * Opens all files that an index names, which lie beside it.
     *
     * @param index for example {@code model.safetensors.index.json}
     * @throws TttException naming the file, the tensor and what is wrong with it
     */
    public static ShardedFiles open(Path index) {
        Map<String, String> fileOf = ShardIndex.read(index);
        ShardedFiles all = new ShardedFiles(index, new TreeMap<>());
        try {
            fileOf.values()
                    .forEach(name ->
                            all.files.computeIfAbsent(name, n -> SafetensorsFile.open(index.resolveSibling(n))));
            all.files.forEach((name, file) -> all.take(name, file, fileOf));
            for (Map.Entry<String, String> entry : fileOf.entrySet()) {
                if (!all.tensors.containsKey(entry.getKey())) {
                    throw TttException.mismatch(
                            index.resolveSibling(entry.getValue()) + ", tensor " + entry.getKey(),
                            "a tensor of that name, as the index says",
                            "none");
                }
            }
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private void take(String name, SafetensorsFile file, Map<String, String> fileOf) {
        for (TensorInfo info : file.tensors().values()) {
            if (!name.equals(fileOf.get(info.name()))) {
                throw TttException.mismatch(
                        file.label(info.name()),
                        "a tensor that the index places here",
                        fileOf.containsKey(info.name()) ? "one that it places elsewhere" : "one that it does not name");
            }
            homes.put(info.name(), file);
            tensors.put(info.name(), info);
        }
    }

    @Override
    public String label() {
        return index.toString();
    }

    @Override
    public Map<String, TensorInfo> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** Of the first file in the order of their names; writers repeat them in all of them. */
    @Override
    public Map<String, String> metadata() {
        return files.isEmpty() ? Map.of() : files.values().iterator().next().metadata();
    }

    @Override
    public void read(TensorInfo info, long from, ByteBuffer into) throws IOException {
        homes.get(info.name()).read(info, from, into);
    }

    @Override
    public String label(String name) {
        SafetensorsFile home = homes.get(name);
        return home == null ? label() + ", tensor " + name : home.label(name);
    }

    @Override
    public void close() {
        files.values().forEach(SafetensorsFile::close);
    }
}
