import { isFault } from '../../../core/errors.ts'
import type { Actor, Andon } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { said } from '../blocks/escape.ts'
import { fitting, requiredOf } from '../blocks/fields.ts'
import type { Rendered } from '../blocks/form.ts'
import { modalOf, pullModal } from '../blocks/modal.ts'
import { type Aim, section } from '../blocks/parts.ts'
import { refusalOf } from '../blocks/refusal.ts'
import { ask } from '../calls.ts'
import type { HandlerKind, Incoming, Surface } from '../define.ts'
import type { Known } from '../who.ts'
import { choicesOf, type Doing, doingOf } from './doing.ts'

/** Slack lets a modal be opened within three seconds of a click; a name is not worth more than this of them. */
const nameWithinMs = 500

export const knownOf = (surface: Surface, { user }: Pick<Incoming<HandlerKind>, 'user'>, withinMs = nameWithinMs): Promise<Known> =>
  surface.who.of(user, withinMs)

export const plainMessage = (text: string): Rendered => ({ text, blocks: [section(text)] })

/** A refusal for this person; a guest from outside is told that it is because of that. */
export function refusalFor(error: unknown, { actor, kind }: Known, wrote?: string): Rendered {
  if (isFault(error, 'forbidden') && (kind === 'external' || kind === 'bot')) return plainMessage(wordsOf(actor.locale).errors.external)
  return refusalOf(error, actor.locale, wrote)
}

/** Tells, and logs what is ours. */
export async function tellRefusal(
  surface: Surface,
  incoming: Pick<Incoming<HandlerKind>, 'tell' | 'key'>,
  known: Known,
  error: unknown,
  wrote?: string,
): Promise<void> {
  if (!isFault(error) || error.status >= 500)
    surface.log.error({ event: incoming.key, err: error }, 'what came from Slack could not be done')
  await incoming.tell(refusalFor(error, known, wrote))
}

interface Opening {
  incoming: Pick<Incoming<'action'>, 'tell'> & { body: { trigger_id: string } }
  actor: Actor
  channel?: string | undefined
}

/** Opens the modal of a command. When it cannot be opened (too late, Slack away), says how to do it in words. */
export async function openModal(
  surface: Surface,
  { incoming, actor, channel }: Opening,
  doing: Doing,
  andon: Andon,
  aim: Partial<Aim>,
  initial: Readonly<Record<string, string>> = {},
): Promise<void> {
  const choices = await choicesOf(surface, doing.name, andon)
  const view = modalOf(doing, andon, actor.locale, { choices, aim, channel, initial })
  await open(surface, { incoming, actor }, view, Object.values(initial)[0])
}

export const openPull = (surface: Surface, { incoming, actor, channel }: Opening, text?: string): Promise<void> =>
  open(surface, { incoming, actor }, pullModal(actor.locale, channel, text), text)

async function open(surface: Surface, { incoming, actor }: Opening, view: object, wrote?: string): Promise<void> {
  const answer = await ask(surface.web, 'views.open', { trigger_id: incoming.body.trigger_id, view })
  if (answer.ok) return
  surface.log.warn({ trouble: answer.trouble }, 'a modal could not be opened')
  const { errors, help } = wordsOf(actor.locale)
  const lines = help.lines.map(([command, what]) => `\`${command.replaceAll('<', '&lt;').replaceAll('>', '&gt;')}\` ${what}`)
  const kept = wrote ? [errors.youWrote(said(wrote, 1_500))] : []
  await incoming.tell(plainMessage([errors.away, ...lines, ...kept].join('\n')))
}

/**
 * Does at once what needs nothing more than the button says, and opens the modal of everything else. Answers what there is to tell;
 * null: the room shows it, or the modal is open.
 */
export async function actOrAsk(
  surface: Surface,
  opening: Opening,
  name: string,
  andon: Andon,
  aim: Aim,
  given: Readonly<Record<string, unknown>> = {},
): Promise<string | null> {
  const doing = doingOf(surface, name)
  const words = wordsOf(opening.actor.locale)
  if (!doing) return words.errors.nothingChanged
  const { id: _id, ...rest } = aim
  const part = fitting(doing.input, rest)
  const missing = requiredOf(doing.input, { ...part, ...given })
  if (missing.length > 0 || asksAnyway.has(name)) {
    await openModal(surface, opening, doing, andon, { ...aim }, initialOf(name, andon, given))
    return null
  }
  return (await doing.run(andon.id, { ...part, ...given }, opening.actor)).answer ?? null
}

/** Nothing is required of these, and without anything they would be pointless or surprising. */
const asksAnyway = new Set(['keep', 'inquiry-answer'])

function initialOf(name: string, andon: Andon, given: Readonly<Record<string, unknown>>): Record<string, string> {
  const known = Object.fromEntries(Object.entries(given).map(([field, value]) => [field, String(value)]))
  return name === 'private' ? { private: String(!andon.private), ...known } : known
}
