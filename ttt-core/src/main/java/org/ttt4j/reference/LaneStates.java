package org.ttt4j.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.inner.DualForm;
import org.ttt4j.inner.InnerWeight;
import org.ttt4j.inner.LaneState;
import org.ttt4j.ops.InnerSpec;
import org.ttt4j.ops.State;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.Tensors;
import org.ttt4j.tensor.TttException;

/**
 * The inner state of a batch: one {@link LaneState} per sequence and head. Its tensors are named like the weights, with
 * {@code rows.*} for the unfinished mini-batch's rows and {@code sums.*} for its running sums.
 */
public final class LaneStates implements State {

    /** The rows that a lane stores per token, in order. */
    private static final List<String> ROW_NAMES = List.of("rows.K", "rows.E1", "rows.X2", "rows.E2");

    private final InnerSpec spec;
    private final DataType type;
    private final Function<Param, INDArray> learned;
    private final LaneState[][] lanes;

    /** @param learned the learned start weights */
    public LaneStates(InnerSpec spec, DataType type, Function<Param, INDArray> learned, int batch) {
        this(spec, type, learned, new LaneState[batch][spec.heads()]);
        IntStream.range(0, batch).forEach(this::reset);
    }

    private LaneStates(InnerSpec spec, DataType type, Function<Param, INDArray> learned, LaneState[][] lanes) {
        this.spec = spec;
        this.type = type;
        this.learned = learned;
        this.lanes = lanes;
    }

    LaneState lane(int sequence, int head) {
        return lanes[sequence][head];
    }

    void replace(int sequence, int head, LaneState lane) {
        lanes[sequence][head] = lane;
    }

    @Override
    public LaneStates copy() {
        return select(IntStream.range(0, lanes.length).toArray());
    }

    @Override
    public LaneStates select(int... sequences) {
        LaneState[][] chosen = new LaneState[sequences.length][spec.heads()];
        for (int i = 0; i < sequences.length; i++) {
            for (int h = 0; h < spec.heads(); h++) {
                chosen[i][h] = lanes[sequences[i]][h].copy();
            }
        }
        return new LaneStates(spec, type, learned, chosen);
    }

    @Override
    public void reset(int b) {
        for (int h = 0; h < spec.heads(); h++) {
            lanes[b][h] = LaneState.start(startWeights(h));
        }
    }

    /** The learned start weights of one head. */
    List<INDArray> startWeights(int head) {
        return spec.weights().stream()
                .map(p -> Tensors.at(learned.apply(p), head).castTo(type))
                .toList();
    }

    @Override
    public long bytes() {
        long sum = 0;
        for (LaneState[] heads : lanes) {
            for (LaneState lane : heads) {
                sum += lane.bytes();
            }
        }
        return sum;
    }

    @Override
    public Map<String, INDArray> save(Form form) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        List<String> names = names();
        for (int i = 0; i < names.size(); i++) {
            int w = i;
            String name = form == Form.CACHE ? names.get(i) + "_states" : names.get(i);
            tensors.put(name, stack(lane -> lane.weights().get(w)));
            if (form == Form.CACHE) {
                tensors.put(names.get(i) + "_grad", stack(lane -> lane.sums().get(w)));
            }
        }
        if (form == Form.EXACT) {
            saveUnfinished(tensors);
        }
        return tensors;
    }

    private void saveUnfinished(Map<String, INDArray> tensors) {
        int R = DualForm.rowLimit(spec.miniBatch(), spec.headSize());
        tensors.put("rows.count", perSequence(b -> lanes[b][0].rowCount()));
        for (int i = 0; i < rowWidths().size(); i++) {
            int part = i;
            int width = rowWidths().get(i);
            tensors.put(ROW_NAMES.get(i), stack(lane -> {
                INDArray padded = Nd4j.zeros(type, R, width);
                if (lane.rowCount() > 0) {
                    Tensors.rows(padded, 0, lane.rowCount()).assign(lane.rows().get(part));
                }
                return padded;
            }));
        }
        tensors.put("sums.present", perSequence(b -> lanes[b][0].folded().isEmpty() ? 0 : 1));
        for (int i = 0; i < names().size(); i++) {
            int w = i;
            tensors.put(
                    "sums." + names().get(i),
                    stack(lane -> lane.folded().isEmpty()
                            ? Nd4j.zerosLike(lane.weights().get(w))
                            : lane.folded().get(w)));
        }
    }

    /** Widths of the rows that the fused and dual forms store: none for a user's own model, which keeps sums. */
    private List<Integer> rowWidths() {
        if (!DualForm.supports(spec.model())) {
            return List.of();
        }
        List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < spec.weights().size(); i += 2) {
            long[] shape = spec.weights().get(i).shape(); // [H, in, out]
            widths.add((int) shape[1]);
            widths.add((int) shape[2]);
        }
        return widths;
    }

    private List<String> names() {
        return spec.model().weights(spec.headSize()).stream()
                .map(InnerWeight::name)
                .toList();
    }

    private INDArray perSequence(IntUnaryOperator value) {
        return Nd4j.createFromArray(IntStream.range(0, lanes.length).map(value).toArray());
    }

    /** [B, H, ...] from one array per lane. */
    private INDArray stack(Function<LaneState, INDArray> part) {
        long[] one = part.apply(lanes[0][0]).shape();
        INDArray all = Nd4j.create(type, concat(new long[] {lanes.length, spec.heads()}, one));
        for (int b = 0; b < lanes.length; b++) {
            for (int h = 0; h < spec.heads(); h++) {
                Tensors.at(all, b, h).assign(part.apply(lanes[b][h]));
            }
        }
        return all;
    }

    private static long[] concat(long[] a, long... b) {
        long[] c = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, c, a.length, b.length);
        return c;
    }

    @Override
    public void restore(Form form, Map<String, INDArray> tensors) {
        LaneState[][] fresh = new LaneState[lanes.length][spec.heads()];
        INDArray count = form == Form.EXACT ? require(tensors, "rows.count") : null;
        INDArray present = form == Form.EXACT ? require(tensors, "sums.present") : null;
        int R = DualForm.rowLimit(spec.miniBatch(), spec.headSize());
        for (int b = 0; b < lanes.length; b++) {
            int rows = form == Form.EXACT ? count.getInt(b) : 0;
            if (rows < 0 || rows > R || rows > 0 && rowWidths().isEmpty()) {
                throw TttException.mismatch(spec.key() + ".rows.count", "0 to " + R, rows);
            }
            for (int h = 0; h < spec.heads(); h++) {
                fresh[b][h] =
                        form == Form.EXACT ? exact(tensors, b, h, rows, present.getInt(b) != 0) : cached(tensors, b, h);
            }
        }
        System.arraycopy(fresh, 0, lanes, 0, lanes.length);
    }

    private LaneState exact(Map<String, INDArray> tensors, int b, int h, int rows, boolean sums) {
        List<INDArray> stored = new ArrayList<>();
        for (int i = 0; rows > 0 && i < rowWidths().size(); i++) {
            INDArray all = require(
                    tensors,
                    ROW_NAMES.get(i),
                    lanes.length,
                    spec.heads(),
                    -1,
                    rowWidths().get(i));
            stored.add(dense(Tensors.rows(Tensors.at(all, b, h), 0, rows)));
        }
        return new LaneState(
                weights(tensors, "", "", b, h), stored, sums ? weights(tensors, "sums.", "", b, h) : List.of());
    }

    private LaneState cached(Map<String, INDArray> tensors, int b, int h) {
        List<INDArray> sums = weights(tensors, "", "_grad", b, h);
        boolean unfinished = sums.stream().anyMatch(g -> g.amaxNumber().doubleValue() > 0);
        return new LaneState(weights(tensors, "", "_states", b, h), List.of(), unfinished ? sums : List.of());
    }

    private List<INDArray> weights(Map<String, INDArray> tensors, String prefix, String suffix, int b, int h) {
        List<INDArray> ws = new ArrayList<>();
        for (InnerWeight w : spec.model().weights(spec.headSize())) {
            long[] shape = concat(new long[] {lanes.length, spec.heads()}, w.shape());
            ws.add(dense(Tensors.at(require(tensors, prefix + w.name() + suffix, shape), b, h)));
        }
        return ws;
    }

    private INDArray require(Map<String, INDArray> tensors, String name, long... shape) {
        String full = spec.key() + "." + name;
        return Tensors.requireShape(full, tensors.get(name), shape.length == 0 ? new long[] {lanes.length} : shape);
    }

    private INDArray dense(INDArray x) {
        return x.castTo(type).dup('c');
    }
}
