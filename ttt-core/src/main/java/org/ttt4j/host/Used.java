package org.ttt4j.host;

import java.util.ArrayList;
import java.util.List;
import org.ttt4j.ops.Linear;
import org.ttt4j.ops.Projection;

/** A map of a projection whose output was used, and the gradient there. */
record Used(Linear map, HostArray dy) {

    /** @param dys gradients at the outputs; null for one that nothing used */
    static List<Used> of(Projection p, List<HostArray> dys) {
        List<Used> used = new ArrayList<>();
        for (int i = 0; i < dys.size(); i++) {
            if (dys.get(i) != null) {
                Linear map = p.maps().get(i);
                String name = "gradient at " + map.weight().key();
                used.add(new Used(map, dys.get(i).requireWidth(name, map.out())));
            }
        }
        return used;
    }
}
