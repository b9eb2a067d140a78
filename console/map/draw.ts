import type { Line } from './layers.ts'

export interface Rect {
  left: number
  right: number
  top: number
  bottom: number
  /** Where its row ends: lines turn aside only below it, or they would run behind a taller neighbour. */
  rowBottom: number
}
export interface Drawn {
  from: string
  to: string
  path: string
  end: { x: number; y: number }
}

const middle = ({ left, right }: Rect) => (left + right) / 2
/** Lines leave and reach a card within this share of its width, spread evenly. */
const spread = 0.6
/** So far above its card a line ends, to leave room for its dot. */
const tip = 4

/** The lines as SVG paths between where the browser put the places. A place that is not there draws nothing. */
export function draw(lines: readonly Line[], rects: ReadonlyMap<string, Rect>): Drawn[] {
  const whole = lines.filter((line) => line.via.every((key) => rects.has(key)))
  const rect = (key: string | undefined) => rects.get(key as string) as Rect
  const start = ports(
    whole,
    (line) => line.from,
    (line) => middle(rect(line.via[1])),
    rects,
  )
  const finish = ports(
    whole,
    (line) => line.to,
    (line) => middle(rect(line.via.at(-2))),
    rects,
  )
  return whole.map((line) => {
    const from = rect(line.from)
    const begin = { x: start.get(line) as number, y: from.bottom }
    const end = { x: finish.get(line) as number, y: rect(line.to).top - tip }
    let pen = { x: begin.x, y: from.rowBottom }
    let path = `M${at(begin)}${from.rowBottom > from.bottom ? `L${at(pen)}` : ''}`
    for (const key of line.via.slice(1, -1)) {
      const gap = rect(key)
      const into = { x: middle(gap), y: gap.top }
      path += curve(pen, into)
      pen = { x: into.x, y: gap.bottom }
      path += `L${at(pen)}`
    }
    return { from: line.from, to: line.to, path: path + curve(pen, end), end }
  })
}

/** Where on its card each line begins or ends: in the order of where it goes, so that lines of one card do not cross. */
function ports(
  lines: readonly Line[],
  cardOf: (line: Line) => string,
  towards: (line: Line) => number,
  rects: ReadonlyMap<string, Rect>,
): Map<Line, number> {
  const places = new Map<Line, number>()
  for (const [card, ofCard] of Map.groupBy(lines, cardOf)) {
    const { left, right } = rects.get(card) as Rect
    const width = (right - left) * spread
    const ordered = ofCard.toSorted((a, b) => towards(a) - towards(b))
    for (const [index, line] of ordered.entries()) places.set(line, (left + right - width) / 2 + (width * (index + 0.5)) / ordered.length)
  }
  return places
}

interface Point {
  x: number
  y: number
}
const at = ({ x, y }: Point) => `${round(x)} ${round(y)}`
const round = (n: number) => Math.round(n * 10) / 10

function curve(from: Point, to: Point): string {
  const bend = (to.y - from.y) / 2
  return `C${at({ x: from.x, y: from.y + bend })} ${at({ x: to.x, y: to.y - bend })} ${at(to)}`
}
