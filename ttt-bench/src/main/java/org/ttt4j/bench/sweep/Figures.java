package org.ttt4j.bench.sweep;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import org.ttt4j.config.MixerKind;

/** How figures and names are written. */
public final class Figures {

    private static final MathContext THREE_DIGITS = new MathContext(3);
    private static final MathContext TWO_DIGITS = new MathContext(2);
    private static final double MIB = 1 << 20;

    private Figures() {}

    /** A mixer's name in a table or a legend. */
    public static String name(MixerKind mixer) {
        return switch (mixer) {
            case TTT_LINEAR -> "TTT-Linear";
            case TTT_MLP -> "TTT-MLP";
            case ATTENTION -> "Attention";
            case MAMBA -> "Mamba";
            case LINEAR_ATTENTION -> "Linear attention";
            case NORMALISED_LINEAR_ATTENTION -> "Normalised linear attention";
        };
    }

    /** Milliseconds with three significant digits. */
    static String ms(double value) {
        BigDecimal rounded = new BigDecimal(value).round(THREE_DIGITS);
        int places = THREE_DIGITS.getPrecision() - rounded.precision() + rounded.scale(); // with the zeros at the end
        return rounded.setScale(Math.max(0, places), RoundingMode.UNNECESSARY).toPlainString();
    }

    /** Two significant digits: an interpolated length is no better. */
    static double rounded(double value) {
        return new BigDecimal(value).round(TWO_DIGITS).doubleValue();
    }

    static String percent(double part) {
        return String.format(Locale.ROOT, part < 0.0995 ? "%.1f %%" : "%.0f %%", 100 * part);
    }

    static String mib(long bytes) {
        return String.format(Locale.ROOT, bytes < 100 * MIB ? "%,.2f" : "%,.0f", bytes / MIB);
    }

    static String tokens(int context) {
        return String.format(Locale.ROOT, "%,d", context);
    }

    /** A time with its error in percent. */
    public static String time(Row row) {
        String error = row.error() == null ? "" : " ± " + percent(row.error() / row.msPerToken());
        return ms(row.msPerToken()) + error;
    }
}
