package org.ttt4j.cli;

import picocli.CommandLine.Command;

/** What is done with tokenizers themselves. */
@Command(
        name = "tokenizer",
        description = "Make tokenizers.",
        subcommands = {TokenizerTrainCommand.class})
final class TokenizerCommand {}
