package org.ttt4j.cli;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Results for programs: one JSON object a line, flushed at once so that a long run can be watched. */
final class Json implements Closeable {

    /** Mixers and types of weights stand under the names that users type. */
    private static final ObjectWriter WRITER = JsonMapper.builder()
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .build()
            .writer();

    private final Writer out;

    private Json(Writer out) {
        this.out = out;
    }

    /** Writes to {@code file}, which is created or emptied; to nowhere if it is null. */
    static Json open(Path file) throws IOException {
        return new Json(file == null ? Writer.nullWriter() : Files.newBufferedWriter(file));
    }

    /** Writes the lines of another such file. */
    void lines(Path file) throws IOException {
        out.write(Files.readString(file));
        out.flush();
    }

    /** Writes one line: a record or a map, whose components become the keys in their order. */
    void line(Object value) {
        try {
            out.write(WRITER.writeValueAsString(value));
            out.write('\n');
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
