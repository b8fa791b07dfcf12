package dev.wsmesh.simulation;

import dev.wsmesh.protocol.Contact;
import dev.wsmesh.protocol.NodeId;
import dev.wsmesh.protocol.View;
import dev.wsmesh.protocol.View.LinkView;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Who is a neighbour of whom among the nodes that are up, at one moment. */
final class OverlayGraph {
    private final List<SimulatedNode> nodes;
    private final int[][] neighbours;

    private OverlayGraph(List<SimulatedNode> nodes, int[][] neighbours) {
        this.nodes = nodes;
        this.neighbours = neighbours;
    }

    static OverlayGraph of(MeasuredMesh mesh) {
        return draw(mesh, false);
    }

    /** Not only who is linked, but also who could dial whom: what repair without outside help can ever connect. */
    static OverlayGraph ofAcquaintance(MeasuredMesh mesh) {
        return draw(mesh, true);
    }

    private static OverlayGraph draw(MeasuredMesh mesh, boolean acquaintance) {
        List<SimulatedNode> nodes = mesh.alive();
        Map<SimulatedNode, Integer> position = new HashMap<>();
        List<Set<Integer>> sets = new ArrayList<>();
        for (SimulatedNode node : nodes) {
            position.put(node, position.size());
            sets.add(new LinkedHashSet<>());
        }
        for (SimulatedNode node : nodes) {
            int from = position.getOrDefault(node, -1);
            View view = node.protocol().view();
            for (LinkView link : view.links()) {
                if (link.neighbour()) {
                    sets.get(from).add(position.getOrDefault(mesh.node(link.id().peer()), from));
                }
            }
            for (Contact contact : acquaintance ? view.passive() : List.<Contact>of()) {
                int to = position.getOrDefault(mesh.node(contact.id()), from);
                sets.get(from).add(to);
                sets.get(to).add(from);
            }
            sets.get(from).remove(from);
        }
        int[][] neighbours = new int[nodes.size()][];
        for (int i = 0; i < neighbours.length; i++) {
            neighbours[i] = sets.get(i).stream().mapToInt(Integer::intValue).toArray();
            Arrays.sort(neighbours[i]);
        }
        return new OverlayGraph(nodes, neighbours);
    }

    /** Nodes that know the address of none of the others: they can only wait to be dialled. */
    static double knowingNobody(MeasuredMesh mesh) {
        List<SimulatedNode> nodes = mesh.alive();
        long lost = nodes.stream()
                .filter(node -> {
                    View view = node.protocol().view();
                    return view.links().stream()
                                    .noneMatch(link -> link.neighbour()
                                            && isUp(mesh, link.id().peer()))
                            && view.passive().stream().noneMatch(contact -> isUp(mesh, contact.id()));
                })
                .count();
        return lost / (double) nodes.size();
    }

    private static boolean isUp(MeasuredMesh mesh, NodeId id) {
        return mesh.node(id).isUp();
    }

    int size() {
        return nodes.size();
    }

    NavigableMap<Integer, Integer> degrees() {
        TreeMap<Integer, Integer> counts = new TreeMap<>();
        for (int[] each : neighbours) {
            counts.merge(each.length, 1, Integer::sum);
        }
        return counts;
    }

    double averageDegree() {
        return Arrays.stream(neighbours).mapToInt(each -> each.length).average().orElse(0);
    }

    /** Of each node's pairs of neighbours, how many are neighbours themselves; the average over the nodes. */
    double clustering() {
        double sum = 0;
        for (int[] each : neighbours) {
            long closed = 0;
            for (int one : each) {
                for (int other : each) {
                    closed += one != other && Arrays.binarySearch(neighbours[one], other) >= 0 ? 1 : 0;
                }
            }
            long pairs = (long) each.length * (each.length - 1);
            sum += pairs == 0 ? 0 : closed / (double) pairs;
        }
        return sum / size();
    }

    /** The average over the shortest paths from so many nodes to all that they reach. */
    double averagePath(int from, SplittableRandom dice) {
        long hops = 0;
        long pairs = 0;
        for (int i = 0; i < from; i++) {
            for (int distance : distances(from >= size() ? i % size() : dice.nextInt(size()))) {
                if (distance > 0) {
                    hops += distance;
                    pairs++;
                }
            }
        }
        return hops / (double) Math.max(1, pairs);
    }

    /** The share of the nodes that the largest component holds. */
    double largestComponent() {
        boolean[] seen = new boolean[size()];
        int largest = 0;
        for (int start = 0; start < size(); start++) {
            if (seen[start]) {
                continue;
            }
            int members = 0;
            int[] distances = distances(start);
            for (int i = 0; i < distances.length; i++) {
                if (distances[i] >= 0) {
                    seen[i] = true;
                    members++;
                }
            }
            largest = Math.max(largest, members);
        }
        return largest / (double) Math.max(1, size());
    }

    private int[] distances(int start) {
        int[] distances = new int[size()];
        Arrays.fill(distances, -1);
        int[] queue = new int[size()];
        int head = 0;
        int tail = 0;
        distances[start] = 0;
        queue[tail++] = start;
        while (head < tail) {
            int at = queue[head++];
            for (int next : neighbours[at]) {
                if (distances[next] < 0) {
                    distances[next] = distances[at] + 1;
                    queue[tail++] = next;
                }
            }
        }
        return distances;
    }
}
