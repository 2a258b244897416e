package org.ttt4j.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.checkpoint.Environment;
import org.ttt4j.param.Param;
import org.ttt4j.param.WeightSource;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.safetensors.SafetensorsWriter;
import org.ttt4j.safetensors.StoredWeights;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * All of a training in one safetensors file: weights ({@code weight.*}), both moments ({@code adam_m.*}, {@code adam_v.*}),
 * a carried state ({@code state.*}), and everything else as JSON in the metadata. It needs no other file to go on, but the
 * text.
 */
final class TrainerFile implements AutoCloseable {

    static final String WEIGHT = "weight.";

    private static final String KEY = "ttt4j_trainer";
    private static final int VERSION = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final SafetensorsFile file;
    private final Facts facts;

    /** From which step on which environment computed. */
    record Span(long fromStep, Environment environment) {}

    /**
     * What must be the same for a training to go on.
     *
     * @param dataType FLOAT or DOUBLE
     */
    record Identity(JsonNode config, String tokenizer, String dataSha256, String dataType, TrainingPlan plan) {

        static Identity of(TrainingTask task, String dataType) {
            return new Identity(
                    tree(task.config().toJson()),
                    task.tokenizer().name(),
                    task.corpus().sha256(),
                    dataType,
                    task.plan());
        }

        /** The rhythm of reports and saves may change. */
        private JsonNode comparable() {
            ObjectNode tree = (ObjectNode) tree(json(this));
            ((ObjectNode) tree.get("plan")).remove("rhythm");
            return tree;
        }
    }

    /**
     * What the metadata hold.
     *
     * @param version of this file's layout
     * @param cursor where the training windows stand
     */
    record Facts(int version, Progress progress, long cursor, Identity identity, List<Span> environments) {

        Facts(Progress progress, long cursor, Identity identity, List<Span> environments) {
            this(VERSION, progress, cursor, identity, environments);
        }
    }

    private TrainerFile(SafetensorsFile file, Facts facts) {
        this.file = file;
        this.facts = facts;
    }

    static void write(Path path, Facts facts, Map<String, INDArray> tensors) {
        SafetensorsWriter.write(path, tensors, Map.of(KEY, json(facts)));
    }

    /**
     * Opens a file and reads the facts.
     *
     * @throws TttException if it is missing, damaged, or no trainer's
     */
    static TrainerFile open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            return new TrainerFile(file, facts(path, file.metadata().get(KEY)));
        } catch (TttException e) {
            file.close();
            throw e;
        }
    }

    private static Facts facts(Path path, String json) {
        JsonNode version = json == null ? null : tree(json).get("version");
        if (version == null || version.asInt() != VERSION) {
            throw TttException.mismatch(path.toString(), "a trainer's file of version " + VERSION, version);
        }
        try {
            return JSON.readValue(json, Facts.class);
        } catch (JsonProcessingException e) {
            throw new TttException(path + ", metadata " + KEY + ": " + e.getOriginalMessage(), e);
        }
    }

    Facts facts() {
        return facts;
    }

    /**
     * Checks that a training is the one that was saved.
     *
     * @throws TttException listing everything that differs
     */
    void requireIdentity(Identity now) {
        List<String> differences = Differences.between(facts.identity().comparable(), now.comparable());
        if (!differences.isEmpty()) {
            throw new TttException(file.path() + " is of another training:\n  " + String.join("\n  ", differences));
        }
    }

    /** The saved weights. */
    WeightSource weights() {
        WeightSource source = new StoredWeights(file);
        return p -> source.read(new Param(WEIGHT + p.key(), p.init(), p.shape()));
    }

    INDArray read(String name, long... shape) {
        return Tensors.requireShape(file.path() + ", tensor " + name, file.read(name), shape);
    }

    /** All tensors with that prefix, by their names without it. */
    Map<String, INDArray> readAll(String prefix) {
        Map<String, INDArray> all = new LinkedHashMap<>();
        file.tensors().keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .forEach(name -> all.put(name.substring(prefix.length()), file.read(name)));
        return all;
    }

    @Override
    public void close() {
        file.close();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("records of numbers and strings", e);
        }
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new TttException("a trainer's file: expected JSON, found: " + e.getOriginalMessage(), e);
        }
    }
}
