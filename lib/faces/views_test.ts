import { deepEqual, equal, ok } from "node:assert/strict";
import { goesOn, hinted, isWithin, mayFill, tileRounds, type View, wholeView } from "./views.ts";

const GROUP_PHOTO = { width: 4000, height: 3000 };

/** Whether a view holds all of a square box. */
function holds(view: View, x: number, y: number, width: number) {
  return x >= view.x && y >= view.y && x + width <= view.x + view.side &&
    y + width <= view.y + view.side;
}

Deno.test("wholeView() shows the photo between black", () => {
  deepEqual(wholeView({ width: 100, height: 60 }, 1), { x: 0, y: -20, side: 100 });
  deepEqual(wholeView({ width: 100, height: 60 }, 2), { x: -50, y: -70, side: 200 });
});

Deno.test("mayFill() tells of a face of more than half of the photo", () => {
  const box = { x: 0, y: 0, width: 51, height: 60 };
  ok(mayFill([box], { width: 100, height: 60 }));
  ok(!mayFill([{ ...box, width: 50 }], { width: 100, height: 60 }));
  ok(!mayFill([], { width: 100, height: 60 }));
});

Deno.test("tileRounds() has none where the whole photo shows the smallest face", () => {
  equal(tileRounds({ width: 400, height: 200 }).length, 0);
  equal(tileRounds({ width: 402, height: 200 }).length, 1);
});

Deno.test("tileRounds() shows every face of 50 to 400 pixels whole and large enough, wherever it is", () => {
  const views = tileRounds(GROUP_PHOTO).flat();
  for (const width of [50, 60, 100, 200, 400]) {
    for (let x = 0; x <= 4000 - width; x += 180) {
      for (let y = 0; y <= 3000 - width; y += 180) {
        const shown = views.some((view) => holds(view, x, y, width) && width >= 0.1 * view.side);
        ok(shown, `${width} pixels at ${x}, ${y}`);
      }
    }
  }
});

Deno.test("tileRounds() looks at most at 130 tiles, however large the photo", () => {
  for (const width of [500, 2000, 8000]) {
    ok(tileRounds({ width, height: width * 0.75 }).flat().length <= 130);
  }
});

Deno.test("isWithin() leaves a face that a tile cuts off to the next, but not at the photo's rim", () => {
  const view = { x: 100, y: 0, side: 100 }, photo = { width: 400, height: 100 };
  const box = { x: 110, y: -40, width: 50, height: 50 };
  ok(isWithin(box, view, photo));
  ok(isWithin({ ...box, x: 95 }, view, photo));
  ok(!isWithin({ ...box, x: 80 }, view, photo));
  ok(!isWithin({ ...box, x: 170 }, view, photo));
});

Deno.test("goesOn() ends where a face fills a third of a tile", () => {
  const box = { x: 0, y: 0, width: 40, height: 40 };
  ok(goesOn([box], 121));
  ok(!goesOn([box], 120));
  ok(goesOn([], 120));
});

Deno.test("hinted() keeps the tiles that hold the middle of a hint, unless it is large for them", () => {
  const tiles = [0, 60, 120].map((x) => ({ x, y: 0, side: 100 }));
  const hint = { x: 60, y: 40, width: 20, height: 20 };
  deepEqual(hinted(tiles, [hint]), tiles.slice(0, 2));
  deepEqual(hinted(tiles, [{ ...hint, width: 34 }]), []);
  deepEqual(hinted(tiles, []), []);
});
