package org.ttt4j.safetensors;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;

/** Writes tensors as {@code model.safetensors}, or as several files of a limited size and their index. */
public final class ShardedWriter {

    /** The file of a checkpoint that is not sharded. */
    public static final String SINGLE = "model.safetensors";

    /** The index of a checkpoint that is. */
    public static final String INDEX = "model.safetensors.index.json";

    private ShardedWriter() {}

    /**
     * Writes into a directory that holds no such files yet. The index comes last: without it there is no checkpoint.
     *
     * @param tensors in the order in which they fill the files
     * @param metadata free text by key, repeated in every file
     * @param limit the most bytes of values in a file; a larger tensor has a file of its own
     * @return the files, the index last if there is one
     * @throws TttException naming the file and the tensor, if it cannot be written
     */
    public static List<Path> write(
            Path directory, List<TensorEntry> tensors, Map<String, String> metadata, long limit) {
        List<List<TensorEntry>> shards = cut(tensors, limit);
        if (shards.size() <= 1) {
            Path file = directory.resolve(SINGLE);
            SafetensorsWriter.write(file, tensors, metadata);
            return List.of(file);
        }
        List<Path> files = new ArrayList<>();
        Map<String, String> fileOf = new LinkedHashMap<>();
        long bytes = 0;
        for (List<TensorEntry> shard : shards) {
            String name = String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", files.size() + 1, shards.size());
            files.add(directory.resolve(name));
            SafetensorsWriter.write(directory.resolve(name), shard, metadata);
            for (TensorEntry entry : shard) {
                if (fileOf.put(entry.name(), name) != null) {
                    throw TttException.mismatch("tensor " + entry.name(), "another name", "one that is taken");
                }
                bytes += entry.bytes();
            }
        }
        files.add(directory.resolve(INDEX));
        AtomicFiles.writeString(directory.resolve(INDEX), ShardIndex.of(fileOf, bytes));
        return files;
    }

    private static List<List<TensorEntry>> cut(List<TensorEntry> tensors, long limit) {
        List<List<TensorEntry>> shards = new ArrayList<>();
        long room = 0;
        for (TensorEntry entry : tensors) {
            if (shards.isEmpty() || entry.bytes() > room) {
                shards.add(new ArrayList<>());
                room = limit;
            }
            shards.get(shards.size() - 1).add(entry);
            room -= entry.bytes();
        }
        return shards;
    }
}
