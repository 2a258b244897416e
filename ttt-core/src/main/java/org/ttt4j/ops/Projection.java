package org.ttt4j.ops;

import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.ttt4j.param.Param;
import org.ttt4j.tensor.TttException;

/**
 * Several linear maps of one input, for example queries, keys, values, gate and inner learning rate. Declared together so
 * that an executor may compute them as one product.
 *
 * @param maps at least one; all of the same input width
 */
public record Projection(List<Linear> maps) {

    public Projection {
        maps = List.copyOf(maps);
        if (maps.isEmpty()) {
            throw TttException.mismatch("projection", "at least one map", 0);
        }
        for (Linear m : maps) {
            if (m.in() != maps.get(0).in()) {
                throw TttException.mismatch(
                        m.weight().key(), "input width " + maps.get(0).in(), m.in());
            }
        }
    }

    /** Weights and biases, map by map. */
    public List<Param> params() {
        return maps.stream()
                .flatMap(m -> Stream.of(m.weight(), m.bias()))
                .filter(Objects::nonNull)
                .toList();
    }

    public static Projection of(Linear... maps) {
        return new Projection(List.of(maps));
    }
}
