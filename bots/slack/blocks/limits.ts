import type { KnownBlock } from '@slack/types'

/** Slack's limits, in characters and items. What passes them is refused as a whole, so nothing of ours may. */
export const limits = {
  messageBlocks: 50,
  viewBlocks: 100,
  /** Of all texts of a message together. */
  messageChars: 13_200,
  text: 40_000,
  section: 3_000,
  field: 2_000,
  fields: 10,
  header: 150,
  context: 10,
  actions: 25,
  button: 75,
  value: 2_000,
  actionId: 255,
  blockId: 255,
  options: 100,
  overflow: 5,
  checkboxes: 10,
  option: 75,
  optionValue: 150,
  label: 2_000,
  placeholder: 150,
  title: 24,
  metadata: 3_000,
  initial: 3_000,
  topic: 250,
} as const

type Tree = Record<string, unknown>
type Problem = string

const list = (value: unknown): Tree[] => (Array.isArray(value) ? (value as Tree[]) : [])
const textOf = (value: unknown): string => (typeof value === 'string' ? value : String((value as Tree | null | undefined)?.text ?? ''))

function long(what: string, value: unknown, max: number): Problem[] {
  const { length } = textOf(value)
  return length > max ? [`${what}: ${length} characters, at most ${max}`] : []
}

const missing = (what: string, value: unknown): Problem[] => (textOf(value).trim() === '' ? [`${what}: empty`] : [])
const many = (what: string, items: readonly unknown[], max: number, min = 1): Problem[] =>
  items.length > max || items.length < min ? [`${what}: ${items.length}, must be ${min} to ${max}`] : []
const twice = (what: string, ids: readonly unknown[]): Problem[] => {
  const known = ids.filter((id) => id !== undefined)
  return new Set(known).size < known.length ? [`${what}: twice the same`] : []
}

/** What Slack would refuse of a message; empty: nothing. */
export function messageProblems({ text, blocks }: { text: string; blocks?: readonly KnownBlock[] }): Problem[] {
  return [
    ...missing('text', text),
    ...long('text', text, limits.text),
    ...(blocks ? blocksProblems(blocks, limits.messageBlocks) : []),
    ...(blocks && charsOf(blocks) > limits.messageChars
      ? [`all texts: ${charsOf(blocks)} characters, at most ${limits.messageChars}`]
      : []),
  ]
}

/** What Slack would refuse of a modal or a Home. */
export function viewProblems(given: object): Problem[] {
  const view = given as Tree
  const inputs = list(view.blocks).some(({ type }) => type === 'input')
  return [
    ...blocksProblems(list(view.blocks), limits.viewBlocks),
    ...(view.type === 'modal'
      ? [...missing('title', view.title), ...['title', 'submit', 'close'].flatMap((name) => long(name, view[name], limits.title))]
      : []),
    ...(view.type === 'modal' && inputs && !view.submit ? ['submit: needed where something is asked'] : []),
    ...long('private_metadata', view.private_metadata, limits.metadata),
    ...long('callback_id', view.callback_id, limits.actionId),
  ]
}

function blocksProblems(given: readonly object[], max: number): Problem[] {
  const blocks = given as readonly Tree[]
  return [
    ...many('blocks', blocks, max),
    ...twice(
      'block_id',
      blocks.map(({ block_id }) => block_id),
    ),
    ...blocks.flatMap((block, index) => blockProblems(block).map((problem) => `block ${index} (${block.type}): ${problem}`)),
  ]
}

function blockProblems(block: Tree): Problem[] {
  const elements = list(block.elements)
  const interactive = [...(block.type === 'context' ? [] : elements), ...[block.accessory, block.element].filter(Boolean)] as Tree[]
  const own: Record<string, () => Problem[]> = {
    header: () => [...missing('text', block.text), ...long('text', block.text, limits.header)],
    section: () => [
      ...(block.text === undefined ? many('fields', list(block.fields), limits.fields) : missing('text', block.text)),
      ...long('text', block.text, limits.section),
      ...many('fields', list(block.fields), limits.fields, 0),
      ...list(block.fields).flatMap((field) => [...missing('field', field), ...long('field', field, limits.field)]),
    ],
    context: () => [
      ...many('elements', elements, limits.context),
      ...elements.flatMap((element) => [...missing('text', element), ...long('text', element, limits.section)]),
    ],
    actions: () => many('elements', elements, limits.actions),
    input: () => [
      ...missing('label', block.label),
      ...long('label', block.label, limits.label),
      ...long('hint', block.hint, limits.label),
      ...(block.element ? [] : ['no element']),
    ],
    divider: () => [],
  }
  return [
    ...(own[String(block.type)]?.() ?? [`no block that we use`]),
    ...long('block_id', block.block_id, limits.blockId),
    ...twice(
      'action_id',
      interactive.map(({ action_id }) => action_id),
    ),
    ...interactive.flatMap(elementProblems),
  ]
}

function elementProblems(element: Tree): Problem[] {
  const type = String(element.type)
  const options = list(element.options)
  const most: Record<string, number> = { overflow: limits.overflow, checkboxes: limits.checkboxes, radio_buttons: limits.checkboxes }
  return [
    ...(type === 'button' ? missing('button', element.text) : []),
    ...long(type, element.text, limits.button),
    ...long(`${type} value`, element.value, limits.value),
    ...long(`${type} action_id`, element.action_id, limits.actionId),
    ...long(`${type} placeholder`, element.placeholder, limits.placeholder),
    ...long(`${type} initial value`, element.initial_value, limits.initial),
    ...(/select|overflow|checkboxes|radio/.test(type) && !/users|conversations|channels/.test(type)
      ? many(`${type} options`, options, most[type] ?? limits.options)
      : []),
    ...twice(
      `${type} option`,
      options.map(({ value }) => value),
    ),
    ...options.flatMap((option) => [
      ...missing('option', option.text),
      ...long('option', option.text, limits.option),
      ...long('option value', option.value, limits.optionValue),
    ]),
  ]
}

/** Characters of all texts of these blocks. */
export function charsOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + charsOf(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : charsOf(inner)),
    0,
  )
}
