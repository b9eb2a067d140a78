import type { Fields } from './types.ts'

/**
 * Slack's limits of messages and views, which emulate does not hold. Written down here from Slack's reference and not from our own
 * checker, so that the two hold each other.
 */
type Tree = Record<string, unknown>

const texts: { at: string; most: number }[] = [
  { at: 'section.text', most: 3_000 },
  { at: 'section.fields', most: 2_000 },
  { at: 'header.text', most: 150 },
  { at: 'button.text', most: 75 },
  { at: 'button.value', most: 2_000 },
  { at: 'context.text', most: 2_000 },
  { at: 'input.label', most: 2_000 },
  { at: 'input.hint', most: 2_000 },
  { at: 'option.text', most: 75 },
  { at: 'option.value', most: 150 },
]
const mostOf = (at: string): number => texts.find((limit) => limit.at === at)?.most ?? Number.POSITIVE_INFINITY

const textOf = (value: unknown): string => (typeof value === 'string' ? value : String((value as Tree | undefined)?.text ?? ''))
const listOf = (value: unknown): Tree[] => (Array.isArray(value) ? (value as Tree[]) : [])

/** What is wrong with these blocks; empty when nothing is. `most` blocks are allowed: 50 in a message, 100 in a view. */
export function blockProblems(blocks: unknown, most: number): string[] {
  if (blocks === undefined) return []
  if (!Array.isArray(blocks)) return ['blocks: not a list']
  const problems = blocks.length > most ? [`no more than ${most} items allowed [json-pointer:/blocks]`] : []
  const ids = new Set<string>()
  for (const [index, block] of (blocks as Tree[]).entries()) {
    const id = block.block_id as string | undefined
    if (id && ids.has(id)) problems.push(`block_id must be unique [json-pointer:/blocks/${index}]`)
    if (id) ids.add(id)
    if (id && id.length > 255) problems.push(`block_id over 255 [json-pointer:/blocks/${index}]`)
    problems.push(...ofBlock(block).map((text) => `${text} [json-pointer:/blocks/${index}]`))
  }
  return problems
}

function ofBlock(block: Tree): string[] {
  const type = String(block.type)
  const elements = [...listOf(block.elements), ...[block.accessory, block.element].filter(Boolean)] as Tree[]
  const problems = [
    ...over(`${type}.text`, block.text),
    ...over(`${type}.label`, block.label),
    ...over(`${type}.hint`, block.hint),
    ...listOf(block.fields).flatMap((field) => over('section.fields', field)),
    ...elements.flatMap((element) => (type === 'context' ? over('context.text', element.text) : ofElement(element))),
  ]
  if (type === 'section' && !block.text && listOf(block.fields).length === 0) problems.push('section needs text or fields')
  if (listOf(block.fields).length > 10) problems.push('more than 10 fields')
  if (type === 'actions' && (elements.length === 0 || elements.length > 25)) problems.push('actions: 1 to 25 elements')
  if (type === 'context' && (elements.length === 0 || elements.length > 10)) problems.push('context: 1 to 10 elements')
  const actions = elements.map(({ action_id }) => action_id).filter(Boolean)
  if (new Set(actions).size < actions.length) problems.push('action_id must be unique within a block')
  return problems
}

function ofElement(element: Tree): string[] {
  const type = String(element.type)
  const options = [...listOf(element.options), ...listOf(element.option_groups).flatMap((group) => listOf(group.options))]
  const most = type === 'overflow' ? 5 : type === 'checkboxes' || type === 'radio_buttons' ? 10 : 100
  const problems = [
    ...over(`${type}.text`, element.text),
    ...over(`${type}.value`, element.value),
    ...options.flatMap((option) => [...over('option.text', option.text), ...over('option.value', option.value)]),
  ]
  if (listOf(element.options).length > most) problems.push(`${type}: at most ${most} options`)
  const needsOptions = ['static_select', 'multi_static_select', 'overflow', 'checkboxes', 'radio_buttons'].includes(type)
  if (needsOptions && options.length === 0) problems.push(`${type}: no options`)
  if (String(element.action_id ?? '').length > 255) problems.push('action_id over 255')
  return problems
}

function over(at: string, value: unknown): string[] {
  const length = textOf(value).length
  return length > mostOf(at) ? [`${at}: ${length} characters; at most ${mostOf(at)}`] : []
}

/** What is wrong with a modal or a Home. */
export function viewProblems(view: Fields): string[] {
  const long = (name: string, most: number) => {
    const { length } = textOf(view[name])
    return length > most ? [`${name}: ${length} characters; at most ${most}`] : []
  }
  const modal = view.type === 'modal'
  const inputs = listOf(view.blocks).some(({ type }) => type === 'input')
  return [
    ...blockProblems(view.blocks ?? [], 100),
    ...(modal ? [...long('title', 24), ...long('submit', 24), ...long('close', 24)] : []),
    ...(modal && !textOf(view.title) ? ['title is required'] : []),
    ...(modal && inputs && !view.submit ? ['submit is required with an input block'] : []),
    ...long('private_metadata', 3_000),
    ...long('callback_id', 255),
    ...long('external_id', 255),
  ]
}

/** The error of a call that Slack would refuse for what it carries; undefined when it may pass. */
export function refusal(method: string, args: Fields): Fields | undefined {
  if (method.startsWith('views.')) {
    const view = args.view as Fields | undefined
    const problems = view ? viewProblems(view) : ['view is missing']
    return problems.length === 0 ? undefined : { ok: false, error: 'invalid_arguments', response_metadata: { messages: problems } }
  }
  if (!/^chat\.(postMessage|postEphemeral|update|scheduleMessage)$/.test(method)) return
  const problems = blockProblems(args.blocks, 50)
  if (problems.length > 0) return { ok: false, error: 'invalid_blocks', response_metadata: { messages: problems } }
  if (textOf(args.text).length > 40_000) return { ok: false, error: 'msg_too_long' }
}
