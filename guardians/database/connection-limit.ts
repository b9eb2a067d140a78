/**
 * How many connections a database takes, by the formulas of parameter groups: `LEAST({DBInstanceClassMemory/9531392},5000)`.
 * AWS keeps some of the memory of a class for itself, so that the true limit is a little lower.
 */

const gib = 1_024 ** 3

/** GiB of a size `large`. */
const largeGiB: Readonly<Record<string, number>> = { t: 8, m: 8, c: 4, r: 16 }
const sizes: Readonly<Record<string, number>> = { micro: 1 / 8, small: 1 / 4, medium: 1 / 2, large: 1, xlarge: 2 }

/** `db.r6g.2xlarge` has 64 GiB. Null: not known here (serverless, special memory, generations of their own making). */
export function classMemoryBytes(dbClass: string): number | null {
  const [, letter, generation, times, size] = /^db\.([tmcr])(\d)[a-z]*\.(\d*)(\w+)$/.exec(dbClass) ?? []
  if (!letter || !size || (letter !== 't' && Number(generation) < 5)) return null
  const units = times ? (size === 'xlarge' ? Number(times) * 2 : undefined) : sizes[size]
  return units === undefined ? null : (largeGiB[letter] as number) * units * gib
}

const functions: Readonly<Record<string, (values: number[]) => number>> = {
  LEAST: (values) => Math.min(...values),
  GREATEST: (values) => Math.max(...values),
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  LOG: ([value = 0]) => Math.log2(value),
}

/** Null: the formula asks for something that is not known here. */
export function connectionLimit(formula: string, memoryBytes: number | null): number | null {
  const tokens = formula.match(/\d+(?:\.\d+)?|[A-Za-z]\w*|\S/g) ?? []
  const value = sum(tokens, memoryBytes)
  return tokens.length > 0 || !Number.isFinite(value) || value <= 0 ? null : Math.floor(value)
}

/** Each takes what it reads from the front of `tokens`; NaN is contagious, and says that something was not understood. */
function sum(tokens: string[], memory: number | null): number {
  let value = product(tokens, memory)
  while (tokens[0] === '+' || tokens[0] === '-') value += tokens.shift() === '+' ? product(tokens, memory) : -product(tokens, memory)
  return value
}

function product(tokens: string[], memory: number | null): number {
  let value = atom(tokens, memory)
  while (tokens[0] === '*' || tokens[0] === '/') {
    const times = tokens.shift() === '*'
    const next = atom(tokens, memory)
    value = times ? value * next : value / next
  }
  return value
}

function atom(tokens: string[], memory: number | null): number {
  const token = tokens.shift() ?? ''
  if (/^\d/.test(token)) return Number(token)
  if (token === 'DBInstanceClassMemory') return memory ?? Number.NaN
  if (token === '{' || token === '(') return within(tokens, memory, token === '{' ? '}' : ')')[0] ?? Number.NaN
  const apply = functions[token.toUpperCase()]
  if (!apply || tokens.shift() !== '(') return Number.NaN
  return apply(within(tokens, memory, ')'))
}

function within(tokens: string[], memory: number | null, end: string): number[] {
  const values = [sum(tokens, memory)]
  while (tokens[0] === ',') {
    tokens.shift()
    values.push(sum(tokens, memory))
  }
  return tokens.shift() === end ? values : [Number.NaN]
}
