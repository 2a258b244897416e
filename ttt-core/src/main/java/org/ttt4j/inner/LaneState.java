package org.ttt4j.inner;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.ttt4j.tensor.TttException;

/**
 * The hidden state of one lane: the inner weights at the last mini-batch border, and what the tokens since then have
 * contributed to the next border. Mutable, owned by the caller, branched by {@link #copy}.
 *
 * <p>The contribution of the unfinished mini-batch is kept in two parts, either of which may be empty:
 * <ul>
 *   <li><b>rows</b>, for models made of dense layers: per layer its input rows X [m, in] and E [m, out], the inner
 *       gradient at its output times the token's rate: (k, E1) for TTT-Linear, (k, E1, X2, E2) for TTT-MLP;
 *   <li><b>folded</b> running sums G = Σ rate · gradient, one array per weight, of tokens no longer kept as rows.
 * </ul>
 * Where the sequence stands is known to the caller: the position modulo K tells how many tokens the parts stand for.
 *
 * <p>The arrays in a state are never written to; advancing replaces them. So copies share them and cost nothing.
 */
public final class LaneState {

    private List<INDArray> weights;
    private List<INDArray> rows;
    private List<INDArray> folded;

    /**
     * A state from its parts, which must not be changed any more.
     *
     * @param weights the weights at the last border, in the model's order
     * @param rows X and E per dense layer, or empty
     * @param folded one running sum per weight, or empty
     */
    public LaneState(List<INDArray> weights, List<INDArray> rows, List<INDArray> folded) {
        if (!folded.isEmpty() && folded.size() != weights.size()) {
            throw TttException.mismatch("running sums", weights.size() + " arrays", folded.size());
        }
        if (!rows.isEmpty() && rows.size() != weights.size()) {
            throw TttException.mismatch("stored rows", weights.size() + " arrays", rows.size());
        }
        this.weights = List.copyOf(weights);
        this.rows = List.copyOf(rows);
        this.folded = List.copyOf(folded);
    }

    /** The state at the start of a sequence: copies of the learned start weights. */
    public static LaneState start(List<INDArray> weights) {
        return new LaneState(weights.stream().map(w -> w.dup('c')).toList(), List.of(), List.of());
    }

    public LaneState copy() {
        return new LaneState(weights, rows, folded);
    }

    /** The weights at the last mini-batch border, in the model's order. */
    public List<INDArray> weights() {
        return weights;
    }

    /** X and E of every dense layer in turn for the tokens kept as rows; empty when there are none. */
    public List<INDArray> rows() {
        return rows;
    }

    /** The number of tokens kept as rows. */
    public int rowCount() {
        return rows.isEmpty() ? 0 : (int) rows.get(0).size(0);
    }

    /** The running sums of the tokens that are no longer kept as rows; empty when there are none. */
    public List<INDArray> folded() {
        return folded;
    }

    /** The running sums G of the whole unfinished mini-batch, one per weight: the form of the authors' cache. */
    public List<INDArray> sums() {
        List<INDArray> G = new ArrayList<>();
        for (int i = 0; i < weights.size(); i++) {
            G.add(
                    folded.isEmpty()
                            ? Nd4j.zerosLike(weights.get(i))
                            : folded.get(i).dup());
        }
        for (int i = 0; i < rows.size(); i += 2) {
            G.get(i).addi(Matrices.tProduct(rows.get(i), rows.get(i + 1)));
            G.get(i + 1).addi(Matrices.sumRows(rows.get(i + 1)));
        }
        return G;
    }

    /** Turns the rows into running sums. */
    public void fold() {
        if (!rows.isEmpty()) {
            folded = sums();
            rows = List.of();
        }
    }

    /** Ends the mini-batch: W ← W - α G, nothing is left over. */
    void close(double alpha) {
        List<INDArray> G = sums();
        List<INDArray> next = new ArrayList<>();
        for (int i = 0; i < G.size(); i++) {
            next.add(weights.get(i).sub(Matrices.scaled(G.get(i), alpha)));
        }
        weights = List.copyOf(next);
        rows = List.of();
        folded = List.of();
    }

    /** Replaces what the unfinished mini-batch has contributed. */
    void keep(List<INDArray> nextRows, List<INDArray> nextFolded) {
        rows = List.copyOf(nextRows);
        folded = List.copyOf(nextFolded);
    }

    /** Its size in bytes. */
    public long bytes() {
        return List.of(weights, rows, folded).stream()
                .flatMap(List::stream)
                .mapToLong(x -> x.length() * x.dataType().width())
                .sum();
    }
}
