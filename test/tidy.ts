import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseSync } from 'rolldown/utils'

/**
 * What Biome cannot say: ambient time, randomness and environment, types that import past a boundary, size of functions and
 * files, leftovers. Works on the syntax tree, so that a word in a comment or a string never counts.
 */
export interface Problem {
  file: string
  line: number
  rule: string
  text: string
}

/** Rooms whose time, chance and environment come in as parameters. Everything else is an edge: it makes them. */
const pureRooms = ['core', 'remediation', 'runbooks', 'guardians', 'bots']

/** Who may, and why. An entry that is no longer needed is a problem too. `what` is a name that the rule reports; `*` is any. */
export const ambientExceptions: readonly { file: string; what: string; why: string }[] = [
  { file: 'core/clock.ts', what: '*', why: 'the system clock' },
  { file: 'core/random.ts', what: '*', why: 'the system source of randomness' },
  { file: 'core/store/', what: 'setImmediate', why: 'group commit gathers what one turn of the event loop brings; no time is involved' },
]

/** Long because it is a list. */
const longByNature = ['core/store/tables.ts', 'core/store/statements/']

const limits = { functionLines: 80, fileLines: 350, testFileLines: 600 }

/** Checks every file that git knows or would add. */
export function tidy(root: string): Problem[] {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { cwd: root, encoding: 'utf8' }).split('\n')
  const used = new Set<string>()
  const problems = files.filter(Boolean).flatMap((file) => {
    const source = readIfThere(join(root, file))
    return source === null ? [] : inspect(file, source, used)
  })
  const stale = ambientExceptions.filter((exception) => exists(files, exception.file) && !used.has(exception.file + exception.what))
  return [
    ...problems,
    ...stale.map(({ file, what }) => ({ file, line: 1, rule: 'stale-exception', text: `the exception for ${what} is no longer needed` })),
  ]
}

/** Checks one file. `used` collects the exceptions that were needed. */
export function inspect(file: string, source: string, used: Set<string> = new Set()): Problem[] {
  const problems = [...leftovers(file, source)]
  if (!/\.tsx?$/.test(file) || file.endsWith('.d.ts')) return problems
  const { program, errors } = parseSync(file, source)
  const lineOf = lineIndex(source)
  const report = (at: number, rule: string, text: string) => problems.push({ file, line: lineOf(at), rule, text })
  const test = /\.test\.tsx?$/.test(file)
  const pure = !test && pureRooms.includes(file.split('/')[0] as string)
  for (const error of errors) report(0, 'syntax', error.message)
  walk(program as unknown as Node, null, (node, parent) => {
    if (node.type === 'TSImportType')
      report(node.start, 'import-type', "write `import type` at the top; import('…') in a type passes the boundaries")
    if (node.type === 'ClassDeclaration' && !isErrorClass(node))
      report(node.start, 'class', 'no classes unless they are errors: a function that closes over its state')
    const ambient = pure ? ambientOf(node, parent) : null
    if (ambient && !excused(file, ambient, used))
      report(node.start, 'ambient', `${ambient}: take a Clock, a Random or a setting as a parameter`)
    if (!test && isFunction(node) && !longByNature.some((place) => covers(place, file))) {
      const lines = ownLines(node, lineOf)
      if (lines > limits.functionLines) report(node.start, 'long-function', `${lines} lines of its own; ${limits.functionLines} at most`)
    }
  })
  const lines = source.split('\n').length
  const limit = test || file.startsWith('test/') ? limits.testFileLines : limits.fileLines
  if (lines > limit && !/(registry|catalogue|schema\.d|generated)\.ts$/.test(file))
    report(0, 'long-file', `${lines} lines; ${limit} at most: is there more than one noun in here?`)
  return problems
}

interface Node {
  type: string
  start: number
  end: number
  [key: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function walk(node: Node, parent: Node | null, visit: (node: Node, parent: Node | null) => void): void {
  visit(node, parent)
  for (const child of children(node)) walk(child, node, visit)
}

const children = (node: Node): Node[] =>
  Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []))

const timers = ['setTimeout', 'setInterval', 'setImmediate']
const members: Record<string, readonly string[]> = {
  Date: ['now'],
  Math: ['random'],
  performance: ['now', 'timeOrigin', 'mark', 'measure'],
  process: ['env', 'hrtime', 'uptime'],
  crypto: ['randomUUID', 'getRandomValues'],
  globalThis: [...timers, 'Date', 'performance', 'process', 'crypto'],
}
const modules: Record<string, readonly string[]> = {
  crypto: ['randomUUID', 'randomBytes', 'randomInt', 'randomFillSync', 'randomFill', 'getRandomValues', 'webcrypto'],
  timers: ['*'],
  'timers/promises': ['*'],
  perf_hooks: ['*'],
  process: ['env', 'hrtime', 'uptime'],
}

/** The name of the ambient thing that this node reads, or null. */
function ambientOf(node: Node, parent: Node | null): string | null {
  if (node.type === 'NewExpression' || node.type === 'CallExpression') {
    const callee = node.callee as Node
    const given = (node.arguments as Node[]).length
    if (callee.type === 'Identifier' && callee.name === 'Date' && (given === 0 || node.type === 'CallExpression')) return 'new Date()'
  }
  if (node.type === 'MemberExpression') {
    const object = node.object as Node
    const property = node.property as Node
    const name = String(property.name ?? property.value)
    if (object.type === 'Identifier' && members[String(object.name)]?.includes(name)) return `${object.name}.${name}`
  }
  if (node.type === 'Identifier' && timers.includes(String(node.name)) && !isName(node, parent)) return String(node.name)
  if (node.type === 'ImportSpecifier' || node.type === 'ImportDefaultSpecifier' || node.type === 'ImportNamespaceSpecifier')
    return ambientImport(node, parent)
  return null
}

function ambientImport(node: Node, parent: Node | null): string | null {
  const from = String((parent?.source as Node | undefined)?.value ?? '').replace(/^node:/, '')
  const name = String((node.imported as Node | undefined)?.name ?? '*')
  const refused = modules[from]
  if (!refused || parent?.importKind === 'type') return null
  // A whole module by one name (`import * as crypto`) would hide what is taken from it.
  return refused.includes('*') || refused.includes(name) || name === '*' ? `${name} of node:${from}` : null
}

/** True where an identifier only names a property and reads nothing. */
const isName = (node: Node, parent: Node | null) =>
  (parent?.type === 'MemberExpression' && parent.property === node && parent.computed !== true) ||
  (parent?.key === node && parent.shorthand !== true && parent.computed !== true) ||
  parent?.type === 'ImportSpecifier'

function excused(file: string, what: string, used: Set<string>): boolean {
  const found = ambientExceptions.find((exception) => covers(exception.file, file) && (exception.what === '*' || exception.what === what))
  if (found) used.add(found.file + found.what)
  return found !== undefined
}

const covers = (place: string, file: string) => (place.endsWith('/') ? file.startsWith(place) : file === place)
const exists = (files: readonly string[], place: string) => files.some((file) => covers(place, file))

const isFunction = (node: Node) => ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type)

/** Lines of a function without those of the functions inside it: a factory of small functions is not one long function. */
function ownLines(node: Node, lineOf: (at: number) => number): number {
  const span = (of: Node) => lineOf(of.end) - lineOf(of.start) + 1
  const inner: Node[] = []
  const collect = (of: Node): void => {
    for (const child of children(of)) isFunction(child) ? inner.push(child) : collect(child)
  }
  collect(node)
  return span(node) - inner.reduce((sum, child) => sum + span(child) - 1, 0)
}

const isErrorClass = (node: Node) => isNode(node.superClass) && /Error$/.test(String(node.superClass.name ?? ''))

function* leftovers(file: string, source: string): Generator<Problem> {
  if (!/\.(ts|tsx|js|json|md|ya?ml|sh|css|html|sql)$|(^|\/)run$/.test(file) || file === 'package-lock.json') return
  // Put together at run time, so that this file does not report itself.
  const mark = new RegExp(`\\b(${['TO', 'FIX', 'XX'].map((head, i) => head + ['DO', 'ME', 'X'][i]).join('|')})\\b`)
  const machine = new RegExp(`(^|[^\\w.])/(${['work', 'home', 'root', 'Users'].join('|')})/[a-z]`)
  for (const [index, text] of source.split('\n').entries()) {
    if (mark.test(text)) yield { file, line: index + 1, rule: 'left-to-do', text: 'do it, or write an issue' }
    if (machine.test(text)) yield { file, line: index + 1, rule: 'machine-path', text: 'a path of one machine' }
  }
}

function lineIndex(source: string): (at: number) => number {
  const starts = [0]
  for (let at = source.indexOf('\n'); at !== -1; at = source.indexOf('\n', at + 1)) starts.push(at + 1)
  return (at) => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] as number) <= at) low = middle
      else high = middle
    }
    return low + 1
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // Deleted but still in the index, or a folder (a submodule): nothing to read.
    if (['ENOENT', 'EISDIR'].includes(String((error as NodeJS.ErrnoException).code))) return null
    throw error
  }
}
