package org.ttt4j.state;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.ttt4j.ops.SequenceState;
import org.ttt4j.ops.State;
import org.ttt4j.tensor.Tensors;

/** SHA-256 of named tensors: names, shapes and values as little-endian float64, in the order of the names. */
final class Digest {

    private final MessageDigest sha256;

    private Digest() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String of(Map<String, INDArray> tensors) {
        Digest digest = new Digest();
        new TreeMap<>(tensors).forEach(digest::add);
        return HexFormat.of().formatHex(digest.sha256.digest());
    }

    /**
     * What a sequence's memory looks like before its first token, rounded to float32: the names and shapes of all tensors
     * and the learned start weights. It tells models apart, not executors or precisions.
     */
    static String ofModel(SequenceState state) {
        SequenceState fresh = state.select(0);
        fresh.reset(0);
        Map<String, INDArray> start = new TreeMap<>(fresh.save(State.Form.CACHE));
        start.replaceAll((name, x) -> x.castTo(DataType.FLOAT));
        return of(start);
    }

    private void add(String name, INDArray x) {
        sha256.update((name + " " + Arrays.toString(x.shape()) + "\n").getBytes(StandardCharsets.UTF_8));
        double[] values = Tensors.toDoubles(x);
        ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, values.length))
                .order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(values);
        sha256.update(bytes);
    }
}
