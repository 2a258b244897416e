package org.ttt4j.bench.sweep;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ttt4j.io.AtomicFiles;
import org.ttt4j.tensor.TttException;

/**
 * The figures of a run, and where they come from: what {@code results.json} holds.
 *
 * @param rows in the order in which they were measured
 */
public record Results(RunEnvironment environment, List<Row> rows) {

    /** The file's name in a directory of results. */
    public static final String FILE = "results.json";

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(SerializationFeature.WRITE_ENUMS_USING_TO_STRING)
            .enable(DeserializationFeature.READ_ENUMS_USING_TO_STRING)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    public Results {
        rows = List.copyOf(rows);
    }

    /** Results to begin with. */
    public static Results none(RunEnvironment environment) {
        return new Results(environment, List.of());
    }

    /** The same with a further row; an older one of the same cell gives way. */
    public Results with(Row row) {
        List<Row> more = new ArrayList<>(rows);
        more.removeIf(old -> old.cell().equals(row.cell()));
        more.add(row);
        return new Results(environment, more);
    }

    /** What became of a cell. */
    public Optional<Row> row(Cell cell) {
        return rows.stream().filter(row -> row.cell().equals(cell)).findFirst();
    }

    /** Rows with times. */
    public List<Row> measured(Workload test) {
        return rows.stream()
                .filter(row -> row.measured() && row.cell().test() == test)
                .toList();
    }

    /** Creates or replaces a file. */
    public void write(Path file) {
        try {
            AtomicFiles.writeString(file, JSON.writeValueAsString(this) + "\n");
        } catch (JsonProcessingException e) {
            throw new TttException(file + ": results cannot be written: " + e.getOriginalMessage(), e);
        }
    }

    /** @throws TttException naming the file and what is wrong with it */
    public static Results read(Path file) {
        try {
            Results results = JSON.readValue(Files.readString(file), Results.class);
            if (results.environment == null) {
                throw TttException.mismatch(file.toString(), "results of ttt bench", "no environment");
            }
            return results;
        } catch (NoSuchFileException e) {
            throw TttException.mismatch(file.toString(), "results of ttt bench", "no such file");
        } catch (JsonProcessingException e) {
            throw new TttException(file + ": expected results of ttt bench, found: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new TttException(file + ": cannot be read: " + e, e);
        }
    }
}
