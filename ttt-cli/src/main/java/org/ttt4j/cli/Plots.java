package org.ttt4j.cli;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.colors.ColorBlindFriendlySeriesColors;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Line plots as PNG files. */
final class Plots {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 560;
    private static final int MOST_MARKED_POINTS = 40;
    private static final String DECIMALS = "#,##0.######";
    private static final double MOST_OF_VALUE = 0.9;

    private Plots() {}

    /** How values are spread over an axis. */
    enum Scale {
        LINEAR,
        /** Logarithmic, with the powers of ten marked. */
        LOG,
        /** Logarithmic, with the powers of two marked. */
        DOUBLING
    }

    /**
     * An axis.
     *
     * @param label what it shows, with its unit
     */
    record Axis(String label, Scale scale) {

        static Axis linear(String label) {
            return new Axis(label, Scale.LINEAR);
        }

        static Axis log(String label) {
            return new Axis(label, Scale.LOG);
        }

        /** For values that are powers of two, along x. */
        static Axis doubling(String label) {
            return new Axis(label, Scale.DOUBLING);
        }

        /** Where a value is drawn. */
        private double[] places(double[] values) {
            return scale == Scale.DOUBLING
                    ? DoubleStream.of(values)
                            .map(v -> Math.log(v) / Math.log(2))
                            .toArray()
                    : values;
        }
    }

    /**
     * A curve.
     *
     * @param name its entry in the legend
     * @param y as many values as x; NaN leaves a gap
     * @param errors half the heights of error bars; 0 for none
     */
    record Curve(String name, double[] x, double[] y, double[] errors) {

        /** Without error bars. */
        Curve(String name, double[] x, double[] y) {
            this(name, x, y, new double[x.length]);
        }

        /** Bars that would reach down to 0 or below end above it: an axis may be logarithmic. */
        private double[] visibleErrors() {
            double[] visible = errors.clone();
            Arrays.setAll(visible, i -> Math.min(errors[i], MOST_OF_VALUE * Math.abs(y[i])));
            return visible;
        }
    }

    /**
     * Draws curves into a PNG file. A machine that cannot render text (a JDK without fonts) gets a line on {@code err} instead:
     * the figures are worth more than their picture.
     */
    static void draw(Path file, String title, Axis x, Axis y, List<Curve> curves, PrintWriter err) throws IOException {
        if (!canRenderText()) {
            err.println(
                    "ttt: " + file + " not drawn, no fonts found; on Debian: apt install fontconfig fonts-dejavu-core");
            return;
        }
        Files.write(file, BitmapEncoder.getBitmapBytes(chart(title, x, y, curves), BitmapFormat.PNG));
    }

    private static boolean canRenderText() {
        Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        try {
            return g.getFontMetrics().stringWidth("0") > 0;
        } catch (LinkageError | InternalError | RuntimeException e) {
            // What a JDK throws without fontconfig or fonts differs from version to version, as does its wording.
            return false;
        } finally {
            g.dispose();
        }
    }

    private static void powersOfTwo(XYChart chart, Axis x, List<Curve> curves) {
        DoubleSummaryStatistics places = curves.stream()
                .flatMapToDouble(curve -> DoubleStream.of(x.places(curve.x())))
                .summaryStatistics();
        chart.getStyler()
                .setXAxisMin(Math.floor(places.getMin()))
                .setXAxisMax(Math.max(Math.floor(places.getMin()) + 1, Math.ceil(places.getMax())))
                .setxAxisTickLabelsFormattingFunction(place ->
                        place == Math.rint(place) ? String.format(Locale.ROOT, "%,d", 1L << place.longValue()) : " ");
    }

    /** Only powers of ten have labels: an axis without one would tell nothing. */
    private static void wholeDecades(XYChart chart, List<Curve> curves) {
        DoubleSummaryStatistics logs = curves.stream()
                .flatMapToDouble(curve -> DoubleStream.of(curve.y()))
                .filter(y -> y > 0)
                .map(Math::log10)
                .summaryStatistics();
        if (logs.getCount() > 0) {
            double least = Math.floor(logs.getMin());
            chart.getStyler().setYAxisMin(Math.pow(10, least));
            chart.getStyler().setYAxisMax(Math.pow(10, Math.max(least + 1, Math.ceil(logs.getMax()))));
        }
    }

    private static XYChart chart(String title, Axis x, Axis y, List<Curve> curves) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x.label())
                .yAxisTitle(y.label())
                .build();
        chart.getStyler()
                .setXAxisLogarithmic(x.scale() == Scale.LOG)
                .setYAxisLogarithmic(y.scale() == Scale.LOG)
                .setLegendPosition(LegendPosition.OutsideS)
                .setLegendLayout(LegendLayout.Horizontal)
                .setSeriesColors(new ColorBlindFriendlySeriesColors().getSeriesColors())
                .setChartBackgroundColor(Color.WHITE);
        if (x.scale() == Scale.LOG) {
            chart.getStyler().setXAxisDecimalPattern(DECIMALS);
        }
        if (x.scale() == Scale.DOUBLING) {
            powersOfTwo(chart, x, curves);
        }
        if (y.scale() == Scale.LOG) {
            chart.getStyler().setYAxisDecimalPattern(DECIMALS);
            wholeDecades(chart, curves);
        }
        for (Curve curve : curves) {
            boolean bars = Arrays.stream(curve.errors()).anyMatch(error -> error > 0);
            chart.addSeries(curve.name(), x.places(curve.x()), curve.y(), bars ? curve.visibleErrors() : null)
                    .setMarker(curve.x().length > MOST_MARKED_POINTS ? SeriesMarkers.NONE : SeriesMarkers.CIRCLE)
                    .setLineStyle(new BasicStroke(2));
        }
        return chart;
    }
}
