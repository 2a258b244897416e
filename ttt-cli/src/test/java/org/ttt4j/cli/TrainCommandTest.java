package org.ttt4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ttt4j.checkpoint.Checkpoint;
import org.ttt4j.config.TTTConfig;
import org.ttt4j.train.Trainer;
import org.ttt4j.train.TrainingPlan;
import picocli.CommandLine;

class TrainCommandTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    Path dir;

    @BeforeEach
    void writeText() throws IOException {
        Files.writeString(dir.resolve("text.txt"), "to be or not to be, that is the question. ".repeat(20));
    }

    /** A run of a tiny model in {@code dir/name}. */
    private List<String> args(String name, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "train",
                "--text",
                dir.resolve("text.txt").toString(),
                "--out",
                dir.resolve(name).toString(),
                "--hidden",
                "16",
                "--heads",
                "2",
                "--layers",
                "1",
                "--mini-batch",
                "4",
                "--context",
                "8",
                "--batch",
                "2"));
        args.addAll(List.of(more));
        return args;
    }

    private List<String> replaced(String option, String value) {
        List<String> args = args("x");
        args.set(args.indexOf(option) + 1, value);
        return args;
    }

    private int run(List<String> args) {
        CommandLine ttt = Ttt.commandLine();
        ttt.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return Ttt.run(ttt, args.toArray(new String[0]));
    }

    private static String curve(Path metrics) throws IOException {
        return Files.readString(metrics).replaceAll(",\"tokens_per_second\":[^,}]*", "");
    }

    @Test
    void trainsAndReports() throws IOException {
        Path json = dir.resolve("metrics");
        assertEquals(
                0, run(args("a", "--steps", "5", "--report-every", "2", "--json", json.toString())), err::toString);
        assertEquals("", err.toString());
        List<String> lines = Files.readAllLines(json);
        assertEquals(Files.readAllLines(dir.resolve("a/metrics.jsonl")), lines);
        JsonNode first = JSON.readTree(lines.get(0));
        for (String key : List.of("step", "tokens", "train_loss", "val_loss", "lr", "grad_norm", "tokens_per_second")) {
            assertTrue(first.get(key).isNumber(), key);
        }
        JsonNode done = JSON.readTree(lines.get(lines.size() - 1));
        assertEquals("done", done.get("event").asText());
        assertTrue(done.get("val_loss").asDouble() > 0);
        assertTrue(out.toString().contains("memory: about"), out.toString());
        assertTrue(out.toString().contains("step 5/5  loss"), out.toString());
        assertTrue(out.toString().contains("done: validation loss"), out.toString());
        assertEquals(16, Checkpoint.open(dir.resolve("a")).config().hiddenSize());
    }

    @Test
    void optionsReachTheModelAndThePlan() {
        assertEquals(
                0,
                run(args(
                        "b",
                        "--steps",
                        "1",
                        "--mixer",
                        "ttt-mlp",
                        "--backbone",
                        "transformer",
                        "--tie",
                        "false",
                        "--lr",
                        "2e-3",
                        "--min-lr",
                        "1e-4",
                        "--warmup",
                        "1",
                        "--beta1",
                        "0.8",
                        "--beta2",
                        "0.9",
                        "--weight-decay",
                        "0.2",
                        "--decay",
                        "matrices",
                        "--clip",
                        "0.5",
                        "--val-fraction",
                        "0.2",
                        "--seed",
                        "9",
                        "--carry",
                        "--accumulate",
                        "2",
                        "--freeze",
                        "*.W1",
                        "--dtype",
                        "float64")),
                err::toString);
        Trainer.Saved saved = Trainer.saved(dir.resolve("b")).orElseThrow();
        TTTConfig config = (TTTConfig) saved.config();
        assertEquals("mlp", config.inner().key());
        assertEquals(0.1, config.baseLearningRate());
        assertEquals(48, config.intermediateSize());
        assertFalse(config.useGate() || config.tieWordEmbeddings());
        TrainingPlan plan = saved.plan();
        assertEquals(
                "Optimization[schedule=Schedule[peak=0.002, floor=1.0E-4, warmup=1], beta1=0.8, beta2=0.9, "
                        + "epsilon=1.0E-8, weightDecay=0.2, decay=MATRICES, clip=0.5, frozen=[*.W1]]",
                plan.optimization().toString());
        assertEquals("InnerWarmup[start=0.1, steps=1]", plan.innerWarmup().toString());
        assertEquals(
                "CARRIED 2 0.2 9",
                plan.reading() + " " + plan.accumulation() + " " + plan.validationFraction() + " " + plan.seed());
        assertEquals("DOUBLE", saved.dataType().toString());
    }

    @Test
    void beginsWithACheckpointsWeights() {
        assertEquals(0, run(args("first", "--steps", "2")), err::toString);
        assertEquals(
                0,
                run(args(
                        "second", "--steps", "1", "--init", dir.resolve("first").toString())),
                err::toString);
        assertEquals(1, run(args("third", "--init", dir.resolve("first").toString(), "--mixer", "ttt-mlp")));
        assertTrue(err.toString().contains("mis-shaped"), err.toString());
    }

    @Test
    void mistakesAreOneLineAndNoTraining() throws IOException {
        Files.writeString(dir.resolve("file"), "in the way");
        assertFails(
                "no-such-text: expected a text file or a directory, found nothing there",
                List.of(
                        "train",
                        "--text",
                        "no-such-text",
                        "--out",
                        dir.resolve("x").toString()));
        assertFails("file/x: cannot be created", args("file/x"));
        assertFails("text: expected at least 2001 tokens", replaced("--context", "2000"));
        assertFails("steps: expected at least 1, found 0", args("x", "--steps", "0"));
        String divisor = "num_attention_heads: expected a divisor of hidden_size 16, found 3";
        assertFails(divisor, replaced("--heads", "3"));
        List<String> attention = replaced("--heads", "3");
        attention.removeAll(List.of("--mini-batch", "4"));
        attention.addAll(List.of("--mixer", "attention"));
        assertFails(divisor, attention);
        assertFails("beta1: expected 0.0 to ", args("x", "--beta1", "1"));
        assertFails("frozen parameters: expected a key", args("x", "--freeze", "nothing"));
        assertFails("the directory of a training, found none", args("nowhere", "--resume"));
        assertFails("kernel", args("x", "--kernel", "no-such-kernel"));
        assertEquals(2, run(args("x", "--mixer", "rnn")));
        assertFalse(Files.exists(dir.resolve("x/model.safetensors")));
    }

    private void assertFails(String message, List<String> args) {
        err.getBuffer().setLength(0);
        assertEquals(1, run(args), err::toString);
        assertEquals(1, err.toString().lines().count(), err.toString());
        assertTrue(err.toString().startsWith("ttt: ") && err.toString().contains(message), err.toString());
    }

    @Test
    void resumingNeedsNoOptionsAndAcceptsTheSameOnes() throws IOException {
        String text = dir.resolve("text.txt").toString();
        assertEquals(0, run(args("a", "--steps", "4", "--lr", "1e-2")), err::toString);
        String curve = Files.readString(dir.resolve("a/metrics.jsonl"));
        assertEquals(0, run(args("a", "--steps", "4", "--lr", "1e-2", "--resume")), err::toString);
        assertEquals(
                0,
                run(List.of("train", "--text", text, "--out", dir.resolve("a").toString(), "--resume")));
        assertEquals(curve, Files.readString(dir.resolve("a/metrics.jsonl")));
        assertFalse(run(args("a", "--steps", "4")) == 0, "a second training in the same place");
        assertFalse(run(args("a", "--steps", "5", "--resume")) == 0);
        assertTrue(err.toString().contains("plan.steps: expected 4, found 5"), err.toString());

        Files.createDirectory(dir.resolve("early"));
        assertEquals(0, run(args("early", "--steps", "4", "--lr", "1e-2", "--resume")), err::toString);
        assertEquals(curve(dir.resolve("a/metrics.jsonl")), curve(dir.resolve("early/metrics.jsonl")));
    }

    @Test
    void anInterruptedProcessSavesFirst() throws IOException, InterruptedException {
        List<String> more =
                List.of("--steps", "3000", "--save-every", "1000", "--report-every", "1", "--eval-every", "0");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Ttt.class.getName()));
        command.addAll(args("stopped", more.toArray(new String[0])));
        Process training = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(dir.resolve("output").toFile())
                .start();
        Path metrics = dir.resolve("stopped/metrics.jsonl");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!(Files.exists(metrics) && Files.size(metrics) > 1000)
                && training.isAlive()
                && System.nanoTime() < deadline) {
            Thread.sleep(5);
        }
        training.destroy(); // SIGTERM
        assertTrue(training.waitFor(60, TimeUnit.SECONDS));
        String said = Files.readString(dir.resolve("output"));
        assertTrue(said.contains("stopped and saved at step"), said);
        long steps = Files.readString(metrics).lines().count();
        assertTrue(steps > 5 && steps < 1000, said);
        assertEquals(
                steps,
                Checkpoint.open(dir.resolve("stopped"))
                        .provenance()
                        .orElseThrow()
                        .step());
    }
}
