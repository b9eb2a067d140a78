import type { KnownBlock, ModalView } from '@slack/types'
import type { Locale } from '../../andon/andon.ts'
import type { DutyEntries } from '../../duty/entries.ts'
import { digestLines, dutyWords, tellDuty } from '../../duty/words.ts'
import { namedBy, slackDutyForm } from '../duty.ts'
import type { Told } from '../message.ts'
import { plain } from './escape.ts'
import type { Rendered } from './form.ts'
import { limits } from './limits.ts'
import { actions, header, label, section } from './parts.ts'
import { type DutyEnv, dutyAction, dutyButtonOf, houseLocale } from './review.ts'

/** An entry for everybody; null: it says nothing. */
export function dutySaid(event: Told, env: DutyEnv): { text: string; blocks?: KnownBlock[] } | null {
  const form = slackDutyForm(houseLocale(env), env.people)
  const text = tellDuty(event, form)
  if (event.kind !== 'review.digest' || text === null) return text === null ? null : { text }
  const { facts, week } = event.data as unknown as DutyEntries['review.digest']
  const lines = digestLines(facts, form, namedBy(env.people))
  return { text, blocks: [header(`📅 ${dutyWords(form.locale).digest.title(week)}`), section(lines.map((line) => `• ${line}`).join('\n'))] }
}

/** What an entry of the duty means for one person. */
export function dutyWhisper(
  event: Told,
  to: string,
  locale: Locale,
  { people }: Pick<DutyEnv, 'people'>,
): { text: string; blocks: KnownBlock[] } | null {
  const words = dutyWords(locale)
  const form = slackDutyForm(locale, people)
  const text = whisperText(event, to, { words, form })
  if (text === null) return null
  const mine = event.kind === 'duty.drawn' || event.kind === 'duty.replaced'
  const buttons = [dutyButtonOf('swap', { words: words.buttons.swap }), dutyButtonOf('absent', { words: words.buttons.absent })]
  return { text, blocks: [section(text), ...(mine ? [actions(buttons)] : [])] }
}

function whisperText(
  event: Told,
  to: string,
  { words, form }: { words: ReturnType<typeof dutyWords>; form: ReturnType<typeof slackDutyForm> },
) {
  if (event.kind === 'duty.drawn') {
    const { week, days } = event.data as unknown as DutyEntries['duty.drawn']
    return words.swap.drawn(week, form.days(days))
  }
  if (event.kind === 'duty.replaced') {
    const { person, in: by, days } = event.data as unknown as DutyEntries['duty.replaced']
    return by?.id === to ? words.swap.stepIn(form.name(person), form.days(days)) : null
  }
  return tellDuty(event, form)
}

/** Somebody is asked to take over; once it is answered, what came of it. */
export function swapCard(id: string, event: Told, locale: Locale, { people }: Pick<DutyEnv, 'people'>): Rendered {
  const words = dutyWords(locale)
  const form = slackDutyForm(locale, people)
  if (event.kind !== 'duty.swap-asked') {
    const text = tellDuty(event, form) ?? ''
    return { text, blocks: [section(text)] }
  }
  const { from, days } = event.data as unknown as DutyEntries['duty.swap-asked']
  const text = words.swap.asked(form.name(from), form.days(days))
  const value = { swap: id }
  const buttons = [
    dutyButtonOf('accept', { words: words.buttons.accept, value, style: 'primary' }),
    dutyButtonOf('decline', { words: words.buttons.decline, value }),
  ]
  return { text, blocks: [section(text), actions(buttons)] }
}

export type DutyField =
  | { id: string; kind: 'user'; initial?: string | undefined; optional?: true }
  | { id: string; kind: 'date'; initial?: string | undefined; optional?: true }
  | { id: string; kind: 'words'; initial?: string | undefined; optional?: true }

interface DutyModal {
  name: string
  title: string
  fields: readonly DutyField[]
  /** Given back with it. */
  carried: Readonly<Record<string, string>>
}

/** A modal of the duty; `block_id` and `action_id` of a field are its name. */
export function dutyModal({ name, title, fields, carried }: DutyModal, locale: Locale): ModalView {
  const { fields: names, buttons } = dutyWords(locale)
  const titles: Readonly<Record<string, string>> = { ...names }
  return {
    type: 'modal',
    callback_id: dutyAction(name),
    title: label(title, limits.title),
    submit: label(buttons.send, limits.title),
    close: label(buttons.cancel, limits.title),
    private_metadata: JSON.stringify(carried),
    blocks: fields.map((field) => ({
      type: 'input',
      block_id: field.id,
      label: label(titles[field.id] ?? field.id, 150),
      optional: field.optional ?? false,
      element: elementOf(field),
    })),
  }
}

function elementOf({ id, kind, initial }: DutyField) {
  switch (kind) {
    case 'user':
      return { type: 'users_select' as const, action_id: id, ...(initial ? { initial_user: initial } : {}) }
    case 'date':
      return { type: 'datepicker' as const, action_id: id, ...(initial ? { initial_date: initial } : {}) }
    case 'words':
      return {
        ...{ type: 'plain_text_input' as const, action_id: id, multiline: true, max_length: 500 },
        ...(initial ? { initial_value: plain(initial, 500) } : {}),
      }
  }
}
