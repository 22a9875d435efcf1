import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  accuracy,
  balancedAccuracy,
  baseline,
  classificationReport,
  confusionMatrix,
  confusionRows,
  meanRecall,
  mistakes,
  movedByRounding,
  oneOffAccuracy,
  predictedByRounding,
  predictedGroup,
  predictions,
  roundProbabilities,
  withPredictions,
} from "@/metrics/metrics.ts";

/**
 * What scikit-learn 1.9.0 says: accuracy_score, balanced_accuracy_score and, a row a group,
 * `classification_report(output_dict=True)` as precision, recall, f1-score, support; it leaves out
 * the groups that occur nowhere.
 */
const CASES = [
  {
    name: "groups of one size",
    truth: [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
    predicted: [0, 1, 1, 1, 2, 3, 3, 2, 4, 2],
    accuracy: 0.6,
    balanced: 0.6,
    report: [
      ["0-6", 1, 0.5, 0.6666666666666666, 2],
      ["7-20", 0.6666666666666666, 1, 0.8, 2],
      ["21-37", 0.3333333333333333, 0.5, 0.4, 2],
      ["38-59", 0.5, 0.5, 0.5, 2],
      ["60+", 1, 0.5, 0.6666666666666666, 2],
      ["macro mean", 0.7, 0.6, 0.6066666666666667, 10],
      ["weighted mean", 0.7, 0.6, 0.6066666666666667, 10],
    ],
  },
  {
    name: "groups of different sizes, one of them without predictions",
    truth: [0, 0, 0, 1, 1, 2, 2, 2, 2, 2, 3, 3, 4],
    predicted: [0, 0, 1, 1, 0, 2, 2, 2, 1, 3, 3, 2, 3],
    accuracy: 0.5384615384615384,
    balanced: 0.4533333333333333,
    report: [
      ["0-6", 0.6666666666666666, 0.6666666666666666, 0.6666666666666666, 3],
      ["7-20", 0.3333333333333333, 0.5, 0.4, 2],
      ["21-37", 0.75, 0.6, 0.6666666666666666, 5],
      ["38-59", 0.3333333333333333, 0.5, 0.4, 2],
      ["60+", 0, 0, 0, 1],
      ["macro mean", 0.4166666666666667, 0.4533333333333333, 0.42666666666666664, 13],
      ["weighted mean", 0.5448717948717948, 0.5384615384615384, 0.5333333333333333, 13],
    ],
  },
  {
    name: "a group that does not occur",
    truth: [0, 0, 1, 2, 3, 3],
    predicted: [0, 1, 1, 2, 3, 2],
    accuracy: 0.6666666666666666,
    balanced: 0.75,
    report: [
      ["0-6", 1, 0.5, 0.6666666666666666, 2],
      ["7-20", 0.5, 1, 0.6666666666666666, 1],
      ["21-37", 0.5, 1, 0.6666666666666666, 1],
      ["38-59", 1, 0.5, 0.6666666666666666, 2],
      ["60+", 0, 0, 0, 0],
      ["macro mean", 0.75, 0.75, 0.6666666666666666, 6],
      ["weighted mean", 0.8333333333333334, 0.6666666666666666, 0.6666666666666666, 6],
    ],
  },
  {
    name: "a group that is predicted only, and one that occurs nowhere",
    truth: [0, 0, 1, 3],
    predicted: [0, 4, 1, 3],
    accuracy: 0.75,
    balanced: 0.8333333333333334,
    report: [
      ["0-6", 1, 0.5, 0.6666666666666666, 2],
      ["7-20", 1, 1, 1, 1],
      ["21-37", 0, 0, 0, 0],
      ["38-59", 1, 1, 1, 1],
      ["60+", 0, 0, 0, 0],
      ["macro mean", 0.75, 0.625, 0.6666666666666666, 4],
      ["weighted mean", 1, 0.75, 0.8333333333333333, 4],
    ],
  },
  {
    name: "one photo",
    truth: [3],
    predicted: [2],
    accuracy: 0,
    balanced: 0,
    report: [
      ["0-6", 0, 0, 0, 0],
      ["7-20", 0, 0, 0, 0],
      ["21-37", 0, 0, 0, 0],
      ["38-59", 0, 0, 0, 1],
      ["60+", 0, 0, 0, 0],
      ["macro mean", 0, 0, 0, 1],
      ["weighted mean", 0, 0, 0, 1],
    ],
  },
];

for (const { name, truth, predicted, ...expected } of CASES) {
  Deno.test(`accuracy() and balancedAccuracy() agree with scikit-learn on ${name}`, () => {
    isClose(accuracy(truth, predicted), expected.accuracy);
    isClose(balancedAccuracy(truth, predicted), expected.balanced);
  });

  Deno.test(`classificationReport() agrees with scikit-learn on ${name}`, () => {
    const report = classificationReport(truth, predicted);
    equal(report.length, 7);
    for (const [k, row] of report.entries()) {
      const [group, ...numbers] = expected.report[k]!;
      equal(row.group, group);
      const own = [row.precision, row.recall, row.f1, row.support];
      own.forEach((value, at) => isClose(value, numbers[at] as number));
      deepEqual(Object.keys(row), ["group", "precision", "recall", "f1", "support"]);
    }
  });
}

// accuracy_score, balanced_accuracy_score and confusion_matrix with sample_weight, scikit-learn 1.9.0
Deno.test("accuracy(), balancedAccuracy() and confusionMatrix() count photos by their weights", () => {
  const { truth, predicted } = CASES[0]!, weights = [2, 0, 1, 3, 1, 0, 1, 1, 0, 1];
  isClose(accuracy(truth, predicted, weights), 0.8);
  isClose(balancedAccuracy(truth, predicted, weights), 0.7);
  deepEqual(confusionMatrix(truth, predicted, weights), [
    [2, 0, 0, 0, 0],
    [0, 4, 0, 0, 0],
    [0, 0, 1, 0, 0],
    [0, 0, 1, 1, 0],
    [0, 0, 1, 0, 0],
  ]);
});

Deno.test("roundProbabilities() keeps what is above one half, which the original read as a group", () => {
  const rows = [[0.5, 0.5, 0, 0, 0], [0, 0.1, 0.1, 0.6, 0.2], [0.3, 0.3, 0.4, 0, 0]];
  const rounded = rows.map(roundProbabilities);
  deepEqual(rounded.map((row) => row.join("")), ["00000", "00010", "00000"]); // half goes to even: 0
  deepEqual(rounded.map((row) => row.indexOf(Math.max(...row))), rows.map(predictedByRounding));
  throws(() => roundProbabilities([0, 1]), /a photo has 5/);
});

Deno.test("meanRecall() is the balanced accuracy, of any groups", () => {
  const truth = [0, 0, 1, 4, 4], predicted = [0, 1, 1, 4, 0], times = [1, 2, 1, 0, 3];
  const correct = truth.map((group, k) => Number(group === predicted[k]));
  equal(meanRecall(truth, correct, times), balancedAccuracy(truth, predicted, times));
  equal(meanRecall([7, 9], [1, 0], [1, 1]), 0.5);
});

Deno.test("balancedAccuracy() leaves out the groups that the weights leave out", () => {
  equal(balancedAccuracy([0, 1, 1], [0, 1, 0], [1, 0, 0]), 1);
});

Deno.test("confusionMatrix() counts rows by the true group", () => {
  const { truth, predicted } = CASES[1]!;
  deepEqual(confusionMatrix(Uint8Array.from(truth), predicted), [
    [2, 1, 0, 0, 0],
    [1, 1, 0, 0, 0],
    [0, 1, 3, 1, 0],
    [0, 0, 1, 1, 0],
    [0, 0, 0, 1, 0],
  ]);
});

Deno.test("confusionRows() names the groups, true ones first", () => {
  const rows = confusionRows(confusionMatrix([0, 4], [1, 4]));
  equal(rows.length, 25);
  deepEqual(rows.filter(({ photos }) => photos), [
    { true: "0-6", predicted: "7-20", photos: 1 },
    { true: "60+", predicted: "60+", photos: 1 },
  ]);
});

Deno.test("oneOffAccuracy() counts a neighbouring group as correct, on either side", () => {
  equal(oneOffAccuracy([2, 2, 2, 2, 2], [0, 1, 2, 3, 4]), 0.6);
  equal(oneOffAccuracy([0, 4], [4, 0]), 0);
  equal(oneOffAccuracy([0, 4], [4, 4], [1, 3]), 0.75);
});

Deno.test("accuracy() and the other measures say that there are no photos", () => {
  const measures = [
    confusionMatrix,
    accuracy,
    oneOffAccuracy,
    balancedAccuracy,
    classificationReport,
  ];
  for (const measure of [...measures, baseline]) throws(() => measure([], []), /without photos/);
  throws(() => accuracy([1], [1], [0]), { name: "RangeError", message: /without photos/ });
});

Deno.test("accuracy() and the other measures say that lengths differ", () => {
  throws(() => accuracy([0, 1, 2], [0, 1]), {
    name: "RangeError",
    message: "Cannot compare 3 true groups with 2 predicted ones: each photo has one of each",
  });
  throws(() => accuracy([0, 1], [0, 1], [1]), /2 true groups with 2 predicted ones and 1 weights/);
});

Deno.test("accuracy() and the other measures name the photo whose group is out of range", () => {
  const message = /photo 1 \(counted from 0\) of true group 1 and predicted group 5/;
  throws(() => balancedAccuracy([0, 1], [0, 5]), { name: "RangeError", message });
  for (const group of [-1, 5, 1.5, NaN]) throws(() => accuracy([group], [0]), RangeError);
  for (const group of [-1, 5, 1.5, NaN]) throws(() => accuracy([0], [group]), RangeError);
});

Deno.test("predictedGroup() takes the first of equals", () => {
  equal(predictedGroup([0.1, 0.4, 0.4, 0.1, 0]), 1);
  equal(predictedGroup([0, 0, 0, 0.1, 0.9]), 4);
});

// numpy 2.4.6: np.argmax(np.rint([[.5,.5,0,0,0],[0,.5,.5,0,0],[.1,.2,.3,.2,.2],[0,0,.50001,.4,0]]), axis=1)
Deno.test("predictedByRounding() puts a photo of 0.5 or less everywhere into group 0", () => {
  const rows = [[0.5, 0.5, 0, 0, 0], [0, 0.5, 0.5, 0, 0], [0.1, 0.2, 0.3, 0.2, 0.2], [
    0,
    0,
    0.50001,
    0.4,
    0,
  ]];
  deepEqual(rows.map(predictedByRounding), [0, 0, 0, 2]);
});

Deno.test("movedByRounding() does not count the photos that are in group 0 anyway", () => {
  const unsureChild = [0.4, 0.3, 0.3, 0, 0], unsure = [0.3, 0.4, 0.3, 0, 0], sure = [0, 0, 0, 0, 1];
  equal(movedByRounding([unsureChild, unsure, sure, unsure]), 2);
  equal(movedByRounding([]), 0);
});

Deno.test("predictions() reads probabilities photo by photo, by either rule", () => {
  const rows = [[0.1, 0.1, 0.1, 0.5, 0.2], [0, 0, 0.25, 0, 0.75]];
  deepEqual(predictions(rows), [3, 4]);
  deepEqual(rows.map(predictedByRounding), [0, 4]);
  deepEqual(predictions([]), []);
});

Deno.test("predictions() refuses what is not five numbers a photo", () => {
  throws(() => predictions([[0.5, 0.5]]), { name: "RangeError", message: /\[0\.5, 0\.5\]/ });
  throws(() => predictions([Array(5).fill(NaN)]), /diverged/);
  throws(() => predictedByRounding(Array(6).fill(0)), RangeError);
});

Deno.test("withPredictions() adds the predicted group and its probability to each photo", () => {
  const photos = [{ photo: "a.jpg", group: 0 }, { photo: "b.jpg", group: 1 }];
  deepEqual(withPredictions(photos, [[0, 0.25, 0.75, 0, 0], [1, 0, 0, 0, 0]]), [
    { photo: "a.jpg", group: 0, predicted: 2, probability: 0.75 },
    { photo: "b.jpg", group: 1, predicted: 0, probability: 1 },
  ]);
  throws(() => withPredictions(photos, [[0, 0, 0, 0, 1]]), /of 1 photos to 2/);
});

Deno.test("baseline() guesses the largest group of the training part, not of the test part", () => {
  deepEqual(baseline([2, 2, 1, 0], [1, 1, 1, 2, 4]), {
    group: 2,
    name: "21-37",
    accuracy: 0.2,
    balancedAccuracy: 1 / 3,
    oneOffAccuracy: 0.8,
  });
  equal(baseline([3, 1, 3, 1], [0]).group, 1); // the first of equals
  throws(() => baseline([], [0]), RangeError);
  throws(() => baseline([0], []), RangeError);
});

Deno.test("mistakes() lists the most confident of each true group first, and nothing that is correct", () => {
  const rows = ([
    [0, 1, 0.5],
    [0, 0, 0.99],
    [0, 2, 0.7],
    [3, 2, 0.6],
    [null, 2, 0.9],
    [0, 4, 0.6],
  ] as const).map(([group, predicted, probability]) => ({ group, predicted, probability }));
  const lists = mistakes(rows, { perGroup: 2 });
  deepEqual(lists.map((list) => list.map(({ predicted }) => predicted)), [[2, 4], [], [], [2], []]);
  deepEqual(lists[0]![0], rows[2]);
});

Deno.test("mistakes() lists four, and equally sure ones in the order given", () => {
  const rows = ["a", "b", "c", "d", "e"].map((photo) => (
    { photo, group: 1, predicted: 2, probability: 0.8 } as const
  ));
  deepEqual(mistakes(rows)[1]!.map(({ photo }) => photo), ["a", "b", "c", "d"]);
  equal(rows[0]!.photo, "a");
  deepEqual(mistakes([]), [[], [], [], [], []]);
});

function isClose(value: number, expected: number): void {
  ok(Math.abs(value - expected) < 1e-12, `${value} is not ${expected}`);
}
