package org.ttt4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;

/** The reports of a training in a file, one JSON object a line. */
final class Metrics implements Closeable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final FileChannel out;

    private Metrics(Path file) {
        this.file = file;
        try {
            out = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw cannotBeWritten(e);
        }
    }

    /** Starts a file without a line. */
    static Metrics create(Path file) {
        AtomicFiles.writeString(file, "");
        return new Metrics(file);
    }

    /** Goes on with a file after a step's report; later lines, and a torn one, are cut. */
    static Metrics resume(Path file, long step) {
        StringBuilder kept = new StringBuilder();
        if (Files.exists(file)) {
            try {
                for (String line : Files.readString(file).split("\n")) {
                    if (!isUpTo(step, line)) {
                        break;
                    }
                    kept.append(line).append('\n');
                }
            } catch (IOException e) {
                throw new TttException(file + ": cannot be read: " + e, e);
            }
        }
        AtomicFiles.writeString(file, kept.toString());
        return new Metrics(file);
    }

    private static boolean isUpTo(long step, String line) {
        try {
            JsonNode report = JSON.readTree(line);
            return report.has("step") && report.get("step").asLong() <= step && !report.has("event");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Writes a line; whoever kills the process afterwards does not lose it. */
    void add(Report report) {
        try {
            byte[] line = (JSON.writeValueAsString(report) + "\n").getBytes(StandardCharsets.UTF_8);
            AtomicFiles.writeFully(out, ByteBuffer.wrap(line));
        } catch (IOException e) {
            throw cannotBeWritten(e);
        }
    }

    /** Brings all lines to the disk. */
    void force() {
        try {
            out.force(false);
        } catch (IOException e) {
            throw cannotBeWritten(e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw cannotBeWritten(e);
        }
    }

    private TttException cannotBeWritten(IOException e) {
        return new TttException(file + ": cannot be written: " + e, e);
    }
}
