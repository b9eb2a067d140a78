import type { Block, Element, Fields, View } from './types.ts'

/**
 * Fills in a modal. `values` are told by `block_id` or by `action_id`: a string for a text, an option's value or a user's id;
 * a list for what takes several. Every input stands in the state, empty ones with null, as in Slack.
 * Slack's own client refuses to submit while a required field is empty, and so does this.
 */
export function stateOf(view: View, values: Record<string, string | string[]>): Fields {
  const state: Record<string, Fields> = {}
  const used = new Set<string>()
  for (const [index, block] of view.blocks.entries()) {
    if (block.type !== 'input' || !block.element) continue
    const blockId = block.block_id ?? `block${index}`
    const actionId = block.element.action_id ?? 'action'
    const key = [blockId, actionId].find((name) => name in values)
    if (key) used.add(key)
    const value = key ? values[key] : initialOf(block.element)
    if (!block.optional && (value === undefined || value.length === 0))
      throw new Error(`the modal asks for ${blockId}, and nothing was filled in`)
    state[blockId] = { [actionId]: filled(block.element, value) }
  }
  const unknown = Object.keys(values).filter((name) => !used.has(name))
  if (unknown.length > 0) throw new Error(`the modal has no field ${unknown.join(', ')}: it has ${Object.keys(state).join(', ')}`)
  return state
}

const lists: Record<string, string> = {
  multi_users_select: 'selected_users',
  multi_conversations_select: 'selected_conversations',
  multi_channels_select: 'selected_channels',
}
const ones: Record<string, string> = {
  users_select: 'selected_user',
  conversations_select: 'selected_conversation',
  channels_select: 'selected_channel',
  datepicker: 'selected_date',
  timepicker: 'selected_time',
}
const ofOptions = /^(static_select|radio_buttons|overflow)$/
const ofManyOptions = /^(multi_static_select|checkboxes)$/

/** What `block_actions` and the state of a view carry for a choice. */
export function filled(element: Element, value: string | string[] | undefined): Fields {
  const { type } = element
  const one = Array.isArray(value) ? value[0] : value
  const many = value === undefined ? [] : Array.isArray(value) ? value : [value]
  const list = lists[type]
  const single = ones[type]
  if (list) return { type, [list]: many }
  if (single) return { type, [single]: one ?? null }
  if (ofManyOptions.test(type)) return { type, selected_options: many.map((name) => optionOf(element, name)) }
  if (ofOptions.test(type)) return { type, selected_option: one === undefined ? null : optionOf(element, one) }
  if (type === 'datetimepicker') return { type, selected_date_time: one === undefined ? null : Number(one) }
  return { type, value: one ?? null }
}

function optionOf(element: Element, name: string) {
  const options = [...(element.options ?? []), ...(element.option_groups ?? []).flatMap((group) => group.options)]
  const option = options.find(({ value, text }) => value === name || text.text === name)
  if (!option) throw new Error(`there is no choice ${name}: ${options.map(({ value }) => value).join(', ')}`)
  return option
}

function initialOf(element: Element): string | string[] | undefined {
  const { initial_value, initial_option, initial_options, initial_user, initial_users, initial_conversation, initial_date } =
    element as Record<string, unknown>
  const option = initial_option as { value: string } | undefined
  const options = initial_options as { value: string }[] | undefined
  return (initial_value ??
    option?.value ??
    options?.map(({ value }) => value) ??
    initial_user ??
    initial_users ??
    initial_conversation ??
    initial_date) as string | string[] | undefined
}

/** The element that a person means: by its `action_id`, or by the words on it. */
export function elementOf(blocks: Block[] | undefined, which: string): { block: Block; element: Element } {
  const all = (blocks ?? []).flatMap((block, index) =>
    [...(block.elements ?? []), ...(block.accessory ? [block.accessory] : []), ...(block.element ? [block.element] : [])].map(
      (element) => ({
        block: { ...block, block_id: block.block_id ?? `block${index}` },
        element,
      }),
    ),
  )
  const found = all.find(({ element }) => element.action_id === which) ?? all.find(({ element }) => element.text?.text === which)
  if (found) return found
  const names = all.map(({ element }) => element.action_id ?? element.text?.text).filter(Boolean)
  throw new Error(`there is nothing called ${which} to click: ${names.join(', ') || 'nothing at all'}`)
}
