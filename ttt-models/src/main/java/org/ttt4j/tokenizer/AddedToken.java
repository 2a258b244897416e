package org.ttt4j.tokenizer;

/**
 * A token that is found in a text before anything else.
 *
 * @param content its text
 * @param singleWord only where no word goes on before or behind
 * @param lstrip takes the white space before it
 * @param rstrip takes the white space behind it
 * @param normalized looked for in the normalized text
 * @param special stands for no text
 */
record AddedToken(
        int id,
        String content,
        boolean singleWord,
        boolean lstrip,
        boolean rstrip,
        boolean normalized,
        boolean special) {

    static AddedToken read(Field field) {
        field.known("id", "content", "single_word", "lstrip", "rstrip", "normalized", "special");
        boolean special = field.get("special").flag(false);
        return new AddedToken(
                field.get("id").number(Integer.MAX_VALUE),
                field.get("content").text(),
                field.get("single_word").flag(false),
                field.get("lstrip").flag(false),
                field.get("rstrip").flag(false),
                field.get("normalized").flag(!special),
                special);
    }
}
