package org.ttt4j.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.ttt4j.tensor.TttException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;

/**
 * The command {@code ttt}. A subcommand is a class of this package that mixes in {@link CommonOptions}; its failures are
 * exceptions, reported here in one line.
 */
@Command(
        name = "ttt",
        description = "Test-Time Training layers and language models for Java.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Ttt.Version.class,
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            GenerateCommand.class,
            EvalCommand.class,
            ConvertCommand.class,
            TokenizeCommand.class,
            TokenizerCommand.class,
            VerifyCommand.class,
            SpeedCommand.class,
            BenchCommand.class,
            CompareCommand.class,
            RecallCommand.class,
            InfoCommand.class
        })
public final class Ttt {

    /** Exit code when a command failed; wrong usage exits with 2. */
    static final int FAILED = 1;

    /** Runs a command line and leaves the JVM with its exit code. */
    public static void main(String[] args) {
        // Plots are drawn into files; a machine without a display must do.
        System.setProperty("java.awt.headless", "true");
        // Models read and write UTF-8, whatever the terminal's locale is called.
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        System.exit(run(commandLine().setOut(out), args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Ttt())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((e, command, parsed) -> report(e, command))
                .setParameterExceptionHandler((e, args) -> reportUsage(e));
    }

    static int run(CommandLine ttt, String... args) {
        if (args.length == 0) {
            ttt.usage(ttt.getErr());
            return CommandLine.ExitCode.USAGE;
        }
        try {
            return ttt.execute(args);
        } catch (OutOfMemoryError | LinkageError e) {
            return report(e, ttt);
        }
    }

    private static int report(Throwable e, CommandLine command) {
        PrintWriter err = command.getErr();
        err.println("ttt: " + message(e));
        if (debug(command)) {
            e.printStackTrace(err);
        }
        err.flush();
        return FAILED;
    }

    private static int reportUsage(ParameterException e) {
        CommandLine command = e.getCommandLine();
        command.getErr()
                .println("ttt: " + e.getMessage() + " (see "
                        + command.getCommandSpec().qualifiedName() + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static boolean debug(CommandLine command) {
        CommandLine.ParseResult parsed = command.getParseResult();
        while (parsed != null && parsed.hasSubcommand()) {
            parsed = parsed.subcommand();
        }
        return parsed != null && parsed.hasMatchedOption("--debug");
    }

    /** What a user needs to know: the library's own words, or those of the failure at the bottom. */
    private static String message(Throwable e) {
        Throwable root = e;
        while (!(root instanceof TttException) && root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        if (root instanceof TttException) {
            return message;
        }
        if (root instanceof NoSuchFileException) {
            return message + ": no such file";
        }
        if (root instanceof AccessDeniedException) {
            return message + ": access denied";
        }
        if (root instanceof FileAlreadyExistsException) {
            return message + ": exists already";
        }
        if (root instanceof OutOfMemoryError) {
            return "out of memory (" + message + "); give the JVM more, for example TTT_JAVA_OPTS=-Xmx8g";
        }
        return root.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }

    /** Reads the version that the build wrote into the jar's manifest. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            return new String[] {"ttt " + version()};
        }

        static String version() {
            String version = Ttt.class.getPackage().getImplementationVersion();
            return version == null ? "(not packaged)" : version;
        }
    }
}
