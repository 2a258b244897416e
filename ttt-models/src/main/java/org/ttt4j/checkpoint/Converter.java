package org.ttt4j.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.ttt4j.lm.CausalLM;
import org.ttt4j.param.Param;
import org.ttt4j.safetensors.ShardedWriter;
import org.ttt4j.safetensors.StoredWeights;
import org.ttt4j.safetensors.TensorEntry;
import org.ttt4j.safetensors.TensorInfo;
import org.ttt4j.safetensors.TensorSource;
import org.ttt4j.tensor.TttException;

/**
 * Writes a checkpoint of any form that can be read as a directory of safetensors, in a precision of choice: one tensor at a
 * time, a piece of it in memory. The directory is made beside its place and renamed when it is whole.
 */
public final class Converter {

    /** The most bytes in a file where nothing else is asked for, as in Hugging Face's checkpoints. */
    public static final long SHARD_BYTES = 5_000_000_000L;

    private final StorageType type;
    private final long shardBytes;
    private final Consumer<String> progress;

    /**
     * @param type of the weights in the new checkpoint
     * @param shardBytes the most bytes of values in a file
     * @param progress is told the key of every tensor that is about to be written
     */
    public Converter(StorageType type, long shardBytes, Consumer<String> progress) {
        if (shardBytes < 1) {
            throw TttException.mismatch("size of a file", "at least one byte", shardBytes);
        }
        this.type = type;
        this.shardBytes = shardBytes;
        this.progress = progress;
    }

    /**
     * What a conversion did.
     *
     * @param tensors how many parameters were written
     * @param parameters how many values
     * @param typesRead the types that were read, and how many tensors were of each
     * @param bytesRead bytes of values that were read
     * @param bytesWritten bytes of all files
     * @param files their names
     * @param largestError the largest rounding error, as a part of the largest magnitude of its tensor
     * @param largestErrorTensor where it was; empty if nothing was rounded
     */
    public record Report(
            int tensors,
            long parameters,
            Map<String, Long> typesRead,
            long bytesRead,
            long bytesWritten,
            List<String> files,
            double largestError,
            String largestErrorTensor) {}

    /**
     * Converts a checkpoint.
     *
     * @param out a new directory, or one with a checkpoint and nothing else, which is replaced when the new one is whole
     * @throws TttException if the weights do not fit the configuration or out cannot be written; what was there is still
     *     there then
     */
    public Report convert(Checkpoint in, Path out) {
        CheckpointDirectory directory = new CheckpointDirectory(out);
        directory.requireReplaceable();
        List<Param> params = CausalLM.of(in.config()).params();
        try (TensorSource source = in.source()) {
            StoredWeights weights = Checkpoint.weights(source, in.config());
            weights.check(params);
            List<StoredTensor> tensors = params.stream()
                    .map(p -> new StoredTensor(p, weights.values(p), source))
                    .toList();
            List<Path> files = new ArrayList<>();
            directory.replace(beside -> {
                SideFiles.copy(in.directory(), beside);
                String config = ConvertedConfig.text(in.config(), type);
                Checkpoint.writeConfig(beside, config);
                files.addAll(ShardedWriter.write(beside, entries(tensors), in.metadata(config), shardBytes));
                return sizes(files);
            });
            return report(source, params, tensors, files, directory.bytes());
        } catch (IOException e) {
            throw new TttException(out + ": cannot be written: " + e, e);
        }
    }

    private List<TensorEntry> entries(List<StoredTensor> tensors) {
        List<TensorEntry> entries = new ArrayList<>();
        for (StoredTensor tensor : tensors) {
            for (TensorEntry entry : tensor.entries(type)) {
                entries.add(new TensorEntry(entry.name(), entry.dtype(), entry.shape(), to -> {
                    progress.accept(entry.name());
                    entry.content().writeTo(to);
                }));
            }
        }
        return entries;
    }

    private static long sizes(List<Path> files) throws IOException {
        long bytes = 0;
        for (Path file : files) {
            bytes += Files.size(file);
        }
        return bytes;
    }

    private static Report report(
            TensorSource source, List<Param> params, List<StoredTensor> tensors, List<Path> files, long written) {
        StoredTensor worst = tensors.stream()
                .max(Comparator.comparingDouble(StoredTensor::relativeError))
                .orElseThrow();
        return new Report(
                tensors.size(),
                params.stream().mapToLong(Param::count).sum(),
                source.tensors().values().stream()
                        .collect(Collectors.groupingBy(t -> t.dtype().name(), Collectors.counting())),
                source.tensors().values().stream().mapToLong(TensorInfo::bytes).sum(),
                written,
                files.stream().map(file -> file.getFileName().toString()).toList(),
                worst.relativeError(),
                worst.relativeError() == 0 ? "" : worst.param().key());
    }
}
