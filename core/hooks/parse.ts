import type { ControlAnswer, Health } from './contract.ts'

/**
 * Answers from outside, held against the contract by hand: this runs for every probe of every member. Unknown fields pass,
 * wrong types do not. Each gives the value, or what is wrong with it as a string.
 */
export function parseHealth(text: string): Health | string {
  const value = parseObject(text)
  if (typeof value === 'string') return value
  if (value.status === undefined) return 'status: missing'
  return check(value, healthShape) ?? (value as unknown as Health)
}

export function parseControlAnswer(text: string, httpStatus: number): ControlAnswer | string {
  const value = parseObject(text)
  if (typeof value === 'string') return value
  const wanted = httpStatus === 202 ? 'accepted' : 'done'
  if (value.status !== wanted) return `status: "${wanted}" belongs to ${httpStatus}`
  if (wanted === 'accepted' && !(typeof value.operation === 'string' && value.operation.length > 0)) return 'operation: a path'
  return value as ControlAnswer
}

type Rule = (value: unknown) => string | null
type Shape = Record<string, Rule>

const text: Rule = (value) => (typeof value === 'string' ? null : 'a string')
const count: Rule = (value) => (Number.isInteger(value) && (value as number) >= 0 ? null : 'an integer of 0 or more')
const oneOf =
  (...allowed: string[]): Rule =>
  (value) =>
    allowed.includes(value as string) ? null : `one of ${allowed.join(', ')}`
const scalar: Rule = (value) => (['string', 'number', 'boolean'].includes(typeof value) ? null : 'a string, a number or a boolean')
const status = oneOf('pass', 'warn', 'fail')

const checkShape: Shape = {
  observedValue: scalar,
  observedUnit: text,
  status,
  output: text,
  time: text,
  componentType: text,
  componentId: text,
}
const processShape: Shape = { state: oneOf('running', 'exited', 'starting', 'stopped'), pid: count, restarts: count }
const healthShape: Shape = {
  status,
  version: text,
  releaseId: text,
  serviceId: text,
  description: text,
  output: text,
  role: oneOf('active', 'standby', 'fenced', 'unknown'),
  generation: count,
  stamp: text,
  process: (value) => (isObject(value) && value.state !== undefined ? check(value, processShape) : 'an object with a state'),
  checks,
}

function checks(value: unknown): string | null {
  if (!isObject(value)) return 'an object of lists'
  for (const [name, list] of Object.entries(value)) {
    if (!Array.isArray(list)) return `${name}: a list`
    for (const one of list) {
      const problem = isObject(one) ? check(one, checkShape) : 'a list of objects'
      if (problem !== null) return `${name}: ${problem}`
    }
  }
  return null
}

/** The first field that is not as it should be; null when all are. */
function check(value: Record<string, unknown>, shape: Shape): string | null {
  for (const name in shape) {
    const problem = value[name] === undefined ? null : shape[name]?.(value[name])
    if (problem) return `${name}: ${problem}`
  }
  return null
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function parseObject(json: string): Record<string, unknown> | string {
  try {
    const value: unknown = JSON.parse(json)
    return isObject(value) ? value : 'not a JSON object'
  } catch {
    return 'not JSON'
  }
}
