package org.ttt4j.tokenizer;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.ttt4j.tensor.TttException;

/**
 * Regular expressions of tokenizer files, which are written for the library Oniguruma, as the JDK's. Most are the same
 * in both. What means something else, or nothing, in the JDK is refused.
 */
final class Regexes {

    /** Hexadecimal digits, absent operator, subexpression calls, POSIX brackets, negated properties, keep, options. */
    private static final Pattern OTHER_MEANING =
            Pattern.compile("\\\\[hHgkKRXyYOMC]|\\[\\[?:|\\\\[pP]\\{\\^|\\(\\?~|\\(\\?[a-z]*m|\\\\k<");

    /** A script by its bare name, for example Han. */
    private static final Pattern BARE_NAME = Pattern.compile("\\\\([pP])\\{([A-Z][A-Za-z_]{2,})}");

    private Regexes() {}

    /** The pattern that a field's text is. */
    static Pattern compile(Field field) {
        String text = field.text();
        if (OTHER_MEANING.matcher(text.replace("\\\\", "")).find()) {
            throw field.unsupported();
        }
        String jdk = BARE_NAME
                .matcher(text)
                .replaceAll(m -> Matcher.quoteReplacement("\\" + m.group(1) + "{Is" + m.group(2) + "}"));
        try {
            return Pattern.compile(jdk, Pattern.UNICODE_CHARACTER_CLASS);
        } catch (PatternSyntaxException e) {
            throw field.wrong("a regular expression (" + e.getDescription() + ")");
        } catch (StackOverflowError e) {
            throw field.wrong("a regular expression of less depth");
        }
    }

    /** The next match, if any. */
    static boolean find(Matcher matcher) {
        try {
            return matcher.find();
        } catch (StackOverflowError e) {
            throw new TttException("regular expression " + matcher.pattern() + ": the text takes it too deep", e);
        }
    }
}
