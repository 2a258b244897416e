package org.ttt4j.tokenizer;

import java.util.Arrays;

/**
 * The 256 visible characters that stand for bytes in byte-level vocabularies (Radford et al. 2019): a byte that is a
 * printable character of Latin-1 stands for itself, the others, in their order, for U+0100 and those that follow.
 */
final class ByteAlphabet {

    private static final char[] OF_BYTE = new char[256];
    private static final short[] TO_BYTE = new short[256 + 68];

    static {
        Arrays.fill(TO_BYTE, (short) -1);
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean visible = b > ' ' && b < 0x7F || b > 0xA0 && b != 0xAD;
            OF_BYTE[b] = visible ? (char) b : next++;
            TO_BYTE[OF_BYTE[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    static char of(int unsignedByte) {
        return OF_BYTE[unsignedByte];
    }

    /** Whether a text has only characters of the alphabet. */
    static boolean isEncoded(String text) {
        return text.chars().allMatch(c -> c < TO_BYTE.length && TO_BYTE[c] >= 0);
    }

    /** The bytes that a text of the alphabet stands for. */
    static byte[] decode(String text) {
        byte[] bytes = new byte[text.length()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) TO_BYTE[text.charAt(i)];
        }
        return bytes;
    }

    /** The UTF-8 of a part of a text, in this alphabet. */
    static String encode(String text, int from, int to) {
        StringBuilder out = new StringBuilder(to - from + 16);
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                out.append(OF_BYTE[c]);
            } else if (c < 0x800) {
                out.append(OF_BYTE[0xC0 | c >> 6]).append(OF_BYTE[0x80 | c & 0x3F]);
            } else if (!Character.isHighSurrogate(c)) {
                out.append(OF_BYTE[0xE0 | c >> 12]);
                out.append(OF_BYTE[0x80 | c >> 6 & 0x3F]).append(OF_BYTE[0x80 | c & 0x3F]);
            } else {
                int point = Character.toCodePoint(c, text.charAt(++i));
                out.append(OF_BYTE[0xF0 | point >> 18]).append(OF_BYTE[0x80 | point >> 12 & 0x3F]);
                out.append(OF_BYTE[0x80 | point >> 6 & 0x3F]).append(OF_BYTE[0x80 | point & 0x3F]);
            }
        }
        return out.toString();
    }
}
