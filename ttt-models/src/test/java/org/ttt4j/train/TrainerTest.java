package org.ttt4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.checkpoint.Provenance;
import org.ttt4j.config.InnerKind;
import org.ttt4j.data.TextCorpus;
import org.ttt4j.execution.Execution;
import org.ttt4j.lm.LanguageModel;
import org.ttt4j.safetensors.SafetensorsFile;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

class TrainerTest {

    private static final Execution FLOAT = Execution.fused().withThreads(2);

    @TempDir
    Path dir;

    /** The file of metrics without the speed, which alone may differ. */
    static String curve(Path directory) throws IOException {
        return Files.readString(Trainer.metricsFile(directory)).replaceAll(",\"tokens_per_second\":[^,}]*", "");
    }

    /** Every tensor of the trainer's file, bit for bit. */
    static Map<String, String> tensors(Path directory) {
        Map<String, String> bits = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("trainer.safetensors"))) {
            file.tensors()
                    .keySet()
                    .forEach(name -> bits.put(name, Arrays.toString(Tensors.toDoubles(file.read(name)))));
        }
        return bits;
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Report train(TrainingTask task, Execution execution, Path directory) {
        try (Trainer trainer = Trainer.start(task, execution, directory, TrainingListener.NONE)) {
            return trainer.run().orElseThrow();
        }
    }

    private static Report resume(TrainingTask task, Execution execution, Path directory) {
        try (Trainer trainer = Trainer.resume(task, execution, directory, TrainingListener.NONE)) {
            return trainer.run().orElseThrow();
        }
    }

    @Test
    void learnsAShortTextByHeart() throws IOException {
        TextCorpus text = TextCorpus.of(Small.BYTES, "the quick brown fox jumps over the lazy dog; ".repeat(8));
        TrainingPlan plan = TrainingPlan.of(60, 4, 24, 2e-2).withRhythm(new Rhythm(10, 0, 60));
        TrainingTask task = new TrainingTask(Small.config(InnerKind.LINEAR), Small.BYTES, text, plan);
        Report done = train(task, FLOAT, dir);
        assertTrue(done.isDone());
        assertTrue(done.trainLoss() < 1.2, done.toString());
        assertTrue(done.validationLoss() < 1.2, done.toString());
        assertEquals(60 * 4 * 24, done.tokens());
        List<String> lines = Files.readAllLines(Trainer.metricsFile(dir));
        assertEquals(7, lines.size());
        assertTrue(lines.get(0).startsWith("{\"step\":10,\"tokens\":960,\"train_loss\":"), lines.get(0));
        assertFalse(lines.get(0).contains("val_loss"), lines.get(0));
        assertTrue(lines.get(5).contains("\"val_loss\":" + done.validationLoss()), lines.get(5));
        assertTrue(lines.get(6).startsWith("{\"event\":\"done\",\"step\":60,"), lines.get(6));

        Checkpoint checkpoint = Checkpoint.open(dir);
        Provenance provenance = checkpoint.provenance().orElseThrow();
        assertEquals(List.of(1L, 60L, 5760L), List.of(provenance.seed(), provenance.step(), provenance.tokens()));
        assertEquals(text.sha256(), provenance.dataSha256());
        try (LanguageModel<?> model = checkpoint.load(FLOAT)) {
            double loss =
                    Validation.loss(model, task.validation(), 24, () -> false).getAsDouble();
            assertEquals(done.validationLoss(), loss, 0);
        }
    }

    /** Copies what a kill would leave after every step, and continues each copy to the end. */
    @ParameterizedTest
    @CsvSource({"RANDOM, FLOAT, LINEAR, 1", "CARRIED, FLOAT, MLP, 2", "CARRIED, DOUBLE, LINEAR, 1"})
    void aKilledTrainingContinuesBitByBit(Reading reading, DataType type, InnerKind inner, int accumulation)
            throws IOException {
        TrainingPlan plan = Small.plan(7)
                .withReading(reading)
                .withAccumulation(accumulation)
                .withInnerWarmup(new InnerWarmup(0.1, 3))
                .withRhythm(new Rhythm(2, 3, 3));
        TrainingTask task = new TrainingTask(Small.config(inner), Small.BYTES, Small.TEXT, plan);
        Execution execution = type == DataType.FLOAT ? FLOAT : Execution.reference(type);
        Path whole = dir.resolve("whole");
        List<Path> copies = new ArrayList<>();
        TrainingListener killer = new TrainingListener() {
            @Override
            public void step(long step, double loss) {
                copies.add(dir.resolve("killed at " + step));
                copy(whole, copies.get(copies.size() - 1));
            }
        };
        try (Trainer trainer = Trainer.start(task, execution, whole, killer)) {
            trainer.run();
        }
        assertEquals(7, copies.size());
        for (Path copy : copies) {
            Files.writeString(Trainer.metricsFile(copy), "{\"step\":2,\"tok", StandardOpenOption.APPEND);
            resume(task, execution.withThreads(1), copy);
            assertEquals(curve(whole), curve(copy), copy.toString());
            assertEquals(tensors(whole), tensors(copy), copy.toString());
        }
        assertEquals(
                reading == Reading.CARRIED, tensors(whole).keySet().stream().anyMatch(k -> k.startsWith("state.")));
    }

    @Test
    void aStoppedTrainingSavesAndContinues() throws IOException {
        TrainingTask task = Small.task(Small.plan(6).withRhythm(new Rhythm(2, 2, 100)));
        Path whole = dir.resolve("whole");
        train(task, FLOAT, whole);
        Trainer[] trainer = new Trainer[1];
        for (int stop = 1; stop <= 6; stop++) {
            Path parts = dir.resolve("stopped at " + stop);
            long last = stop;
            TrainingListener stopper = new TrainingListener() {
                @Override
                public void step(long step, double loss) {
                    if (step == last) {
                        trainer[0].stop(); // before the evaluation, where one is due
                    }
                }
            };
            trainer[0] = Trainer.start(task, FLOAT, parts, stopper);
            try (Trainer stopped = trainer[0]) {
                assertTrue(stopped.run().isEmpty());
                assertEquals(stop, stopped.step());
            }
            assertEquals(stop, Checkpoint.open(parts).provenance().orElseThrow().step());
            resume(task, FLOAT, parts);
            assertEquals(curve(whole), curve(parts));
        }
    }

    @Test
    void aFinishedTrainingIsFinishedAgain() throws IOException {
        TrainingTask task = Small.task(Small.plan(2));
        Report done = train(task, FLOAT, dir);
        String curve = Files.readString(Trainer.metricsFile(dir));
        assertEquals(done, resume(task, FLOAT, dir));
        assertEquals(curve, Files.readString(Trainer.metricsFile(dir)));
    }

    @Test
    void onlyTheSameTrainingContinues() {
        TrainingPlan plan = Small.plan(2);
        TrainingTask task = Small.task(plan);
        train(task, FLOAT, dir);
        assertMessage(
                () -> Trainer.start(task, FLOAT, dir, TrainingListener.NONE), "no training that could be resumed");
        TextCorpus otherText = TextCorpus.of(Small.BYTES, "another text ".repeat(20));
        TrainingPlan otherPlan = TrainingPlan.of(3, 2, 6, 1e-3);
        TrainingTask other = new TrainingTask(Small.config(InnerKind.MLP), Small.BYTES, otherText, otherPlan);
        assertMessage(
                () -> resume(other, FLOAT, dir),
                "config.ttt_layer_type: expected \"linear\", found \"mlp\"",
                "dataSha256: expected \"" + Small.TEXT.sha256(),
                "plan.optimization.schedule.peak: expected 0.01, found 0.001",
                "plan.steps: expected 2, found 3");
        assertMessage(
                () -> resume(task, Execution.reference(DataType.DOUBLE), dir),
                "dataType: expected \"FLOAT\", found \"DOUBLE\"");
        assertMessage(() -> resume(task, FLOAT, dir.resolve("nowhere")), "nowhere");
        resume(Small.task(plan.withRhythm(new Rhythm(1, 1, 1))), FLOAT, dir);
        assertEquals(
                plan.withRhythm(plan.rhythm()), Trainer.saved(dir).orElseThrow().plan());
        assertEquals(task.config(), Trainer.saved(dir).orElseThrow().config());
        assertTrue(Trainer.saved(dir.resolve("nowhere")).isEmpty());
    }

    @Test
    void aDamagedFileIsNamed() throws IOException {
        TrainingTask task = Small.task(Small.plan(1));
        train(task, FLOAT, dir);
        Path file = dir.resolve("trainer.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, HexFormat.of().parseHex("00112233"));
        assertMessage(() -> resume(task, FLOAT, dir), "trainer.safetensors");
        Files.copy(dir.resolve("model.safetensors"), file, StandardCopyOption.REPLACE_EXISTING);
        assertMessage(() -> resume(task, FLOAT, dir), "trainer.safetensors", "a trainer's file");
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        assertMessage(() -> resume(task, FLOAT, dir), "trainer.safetensors");
    }

    @Test
    void anotherEnvironmentIsRecordedAndWarnedAbout() {
        TrainingTask task = Small.task(Small.plan(4).withRhythm(new Rhythm(1, 0, 1)));
        List<String> warnings = new ArrayList<>();
        TrainingListener listener = new TrainingListener() {
            @Override
            public void warning(String words) {
                warnings.add(words);
            }
        };
        Trainer[] first = new Trainer[1];
        first[0] = Trainer.start(task, FLOAT, dir, new TrainingListener() {
            @Override
            public void step(long step, double loss) {
                first[0].stop();
            }
        });
        try (Trainer trainer = first[0]) {
            trainer.run();
        }
        try (Trainer trainer = Trainer.resume(task, FLOAT.withThreads(1), dir, listener)) {
            assertEquals(List.of(), warnings, "threads make no difference");
        }
        try (Trainer trainer = Trainer.resume(task, Execution.reference(DataType.FLOAT), dir, listener)) {
            assertEquals(1, warnings.size());
            assertTrue(warnings.get(0).contains("from step 1 on"), warnings.get(0));
            trainer.run();
        }
        try (TrainerFile file = TrainerFile.open(dir.resolve("trainer.safetensors"))) {
            assertEquals(
                    List.of(0L, 1L),
                    file.facts().environments().stream()
                            .map(TrainerFile.Span::fromStep)
                            .toList());
        }
    }

    @Test
    void aTrainingGoesOnFromACheckpointsWeights() {
        train(Small.task(Small.plan(3)), FLOAT, dir.resolve("first"));
        LanguageModel<?> model = Checkpoint.open(dir.resolve("first")).load(FLOAT);
        double[] start = Tensors.toDoubles(model.weight(model.lm().params().get(0)));
        TrainingPlan still = TrainingPlan.of(1, 2, 6, 0);
        try (Trainer trainer = Trainer.start(Small.task(still), model, dir.resolve("second"), TrainingListener.NONE)) {
            trainer.run();
        }
        try (LanguageModel<?> second = Checkpoint.open(dir.resolve("second")).load(FLOAT)) {
            double[] end = Tensors.toDoubles(second.weight(second.lm().params().get(0)));
            assertArrayEquals(start, end);
        }
    }

    @Test
    void withoutAValidationPartNothingIsEvaluated() throws IOException {
        TrainingPlan p = Small.plan(2);
        TrainingPlan plan = new TrainingPlan(
                2, 2, 6, 1, Reading.RANDOM, 0, 1, p.optimization(), InnerWarmup.NONE, new Rhythm(1, 1, 1));
        Report done = train(Small.task(plan), FLOAT, dir);
        assertEquals(null, done.validationLoss());
        assertFalse(curve(dir).contains("val_loss"));
    }

    @Test
    void textsThatAreTooShortAreRefusedBeforeAnything() {
        TextCorpus text = TextCorpus.of(Small.BYTES, "seven..");
        assertMessage(
                () -> new TrainingTask(Small.config(InnerKind.LINEAR), Small.BYTES, text, Small.plan(1)),
                "text: expected at least 7 tokens, found 6");
        TextCorpus longer = TextCorpus.of(Small.BYTES, "eight...");
        assertMessage(
                () -> new TrainingTask(Small.config(InnerKind.LINEAR), Small.BYTES, longer, Small.plan(1)),
                "validation part of the text: expected at least 2 tokens, found 1");
    }

    private static void assertMessage(Executable action, String... parts) {
        TttException e = assertThrows(TttException.class, action);
        for (String part : parts) {
            assertTrue(e.getMessage().contains(part), e.getMessage());
        }
    }
}
