import type { KnownBlock, ModalView } from '@slack/types'
import { z } from 'zod'
import type { Andon, Locale } from '../../andon/andon.ts'
import { wordsOf } from '../../andon/words.ts'
import { line } from './escape.ts'
import { type Choices, fieldsOf, inputOf } from './fields.ts'
import { type Rendered, titleOf } from './form.ts'
import { limits } from './limits.ts'
import { type Aim, actionOf, buttonWords, context, label } from './parts.ts'

/** What a modal carries from the button to its submission. */
export interface Carried extends Partial<Aim> {
  /** Where it was asked for, to answer there. */
  channel?: string
}

interface ModalOptions {
  choices?: Choices
  aim?: Partial<Aim>
  channel?: string | undefined
  /** What stands in the fields already. */
  initial?: Readonly<Record<string, string>>
}

/** A modal made from what a command takes. */
export function modalOf(
  { name, input }: { name: string; input: z.ZodType },
  andon: Andon | null,
  locale: Locale,
  { choices = {}, aim = {}, channel, initial = {} }: ModalOptions = {},
): ModalView {
  const words = wordsOf(locale)
  const placeholders: Readonly<Record<string, string | undefined>> = words.placeholders
  const carried: Carried = { ...aim, ...(channel ? { channel } : {}) }
  const fields = fieldsOf(input, aim).map((field, index) =>
    inputOf(input, field, {
      ...{ andon, locale, choices, initial: initial[field] },
      title: titleOfField(name, field, locale),
      placeholder: placeholders[field] ?? (index === 0 ? placeholders[name] : undefined),
    }),
  )
  const head: KnownBlock[] = andon ? [context(`${line(titleOf(andon, locale), 200)} — ${line(andon.text, 160)}`)] : []
  return {
    type: 'modal',
    callback_id: actionOf(name),
    title: label(titleWords(name, locale), limits.title),
    submit: label(buttonWords(name, locale), limits.title),
    private_metadata: JSON.stringify(carried),
    blocks: [...head, ...fields],
  }
}

const ownText = { en: 'Own text instead of the template', ja: 'テンプレートの代わりの文面' }

/** What is asked for by `text` is what the modal is about; only at a pull it is what one sees. */
function titleOfField(name: string, field: string, locale: Locale): string | undefined {
  if (field !== 'text' || name === 'pull' || name === 'join') return
  return name === 'inquiry-send' ? ownText[locale] : titleWords(name, locale)
}

const titleWords = (name: string, locale: Locale): string => {
  const words: Readonly<Record<string, { title: string } | undefined>> = wordsOf(locale).commands
  return words[name]?.title ?? name
}

const pullInput = z.strictObject({ text: z.string().max(limits.initial).optional() })

/** One field, and not even that is needed. */
export function pullModal(locale: Locale, channel?: string, text?: string): ModalView {
  const view = modalOf({ name: 'pull', input: pullInput }, null, locale, { channel, initial: text ? { text } : {} })
  return { ...view, blocks: [...view.blocks, context(wordsOf(locale).pull.noFault)] }
}

/** Something told in the modal itself, after it was submitted or when there is no other place. */
export const answerModal = ({ blocks }: Rendered, locale: Locale): ModalView => ({
  type: 'modal',
  callback_id: 'andon-answer',
  title: label(wordsOf(locale).home.title, limits.title),
  blocks: blocks.slice(0, limits.viewBlocks),
})
