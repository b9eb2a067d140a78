import { z } from 'zod'
import { fault } from '../../../core/errors.ts'
import type { Actor, Andon } from '../../andon/andon.ts'
import { refInput, wordsInput } from '../../andon/inputs.ts'
import type { Choices } from '../blocks/fields.ts'
import type { Surface } from '../define.ts'

/** Anything that a person can do to an andon from here: commands, merge and split, orders to runbooks. */
export interface Doing {
  name: string
  input: z.ZodType
  /** `answer`: what to tell whoever did it, when the room does not. */
  run(id: string, input: Record<string, unknown>, actor: Actor): Promise<{ andon: Andon; answer?: string }>
}

const runbookInput = z.strictObject({ runbook: refInput, member: refInput.optional() })
const mergeInput = z.strictObject({ into: refInput })
const splitInput = z.strictObject({ text: wordsInput(), component: refInput.optional() })
const stopInput = z.strictObject({ reason: wordsInput(500) })

/** Null: there is no such thing, or the house alone does it. */
export function doingOf({ commands, desk, orders }: Surface, name: string): Doing | null {
  const command = commands.get(name)
  if (command && command.needs !== 'nobody')
    return { name, input: command.input, run: async (id, input, actor) => ({ andon: await desk.command(id, name, input, actor) }) }
  const others: Readonly<Record<string, () => Doing | null>> = {
    merge: () => doing(name, mergeInput, async (id, { into }, actor) => ({ andon: await desk.merge(id, into, actor) })),
    split: () =>
      doing(name, splitInput, async (id, { text, component }, actor) => ({ andon: await desk.split(id, text, component, actor) })),
    approve: () => orders && doing(name, runbookInput, (id, order, actor) => orders.approve(id, order, actor)),
    retry: () => orders && doing(name, runbookInput, (id, order, actor) => orders.retry(id, order, actor)),
    stop: () => orders && doing(name, stopInput, (id, order, actor) => orders.stop(id, order, actor)),
  }
  return Object.hasOwn(others, name) ? (others[name]?.() ?? null) : null
}

function doing<Input>(
  name: string,
  input: z.ZodType<Input>,
  run: (id: string, input: Input, actor: Actor) => Promise<{ andon: Andon; answer?: string }>,
): Doing {
  return {
    name,
    input,
    run(id, given, actor) {
      const parsed = input.safeParse(given)
      if (parsed.success) return run(id, parsed.data, actor)
      throw fault('bad-request', { problems: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') })
    },
  }
}

const choicesMax = 100

/** What the fields of its modal are chosen from. */
export async function choicesOf({ catalog, desk, runbooks }: Surface, name: string, andon: Andon | null): Promise<Choices> {
  const component = andon?.component && catalog.findComponent(andon.component.id)
  return {
    components: catalog.components.map(({ id }) => id),
    carriers: catalog.config.carriers,
    runbooks,
    members: component ? component.members.map(({ id }) => id) : [],
    andons: name === 'merge' ? await desk.list({ open: true }, { limit: choicesMax }) : [],
  }
}
