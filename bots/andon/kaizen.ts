import type { Andon, KaizenItem } from './andon.ts'
import type { Refusal } from './define.ts'

/** Kaizen belongs to the whole life of an andon, and most of all to the time after it. */
export const kaizenWhen = ['yellow', 'red', 'resolved'] as const

export const findItem = (andon: Andon, id: string): KaizenItem | Refusal =>
  andon.kaizen.find((item) => item.id === id) ?? {
    refuse: `${andon.id} has no kaizen item "${id}"`,
    hint: andon.kaizen.length > 0 ? `It has ${andon.kaizen.map((item) => item.id).join(', ')}.` : 'It has none yet; add one first.',
  }

export const withItem = (andon: Andon, changed: KaizenItem): Andon => ({
  ...andon,
  kaizen: andon.kaizen.map((item) => (item.id === changed.id ? changed : item)),
})

export const openItems = ({ kaizen }: Pick<Andon, 'kaizen'>): KaizenItem[] => kaizen.filter(({ status }) => status === 'open')

export const noSuchPerson = (ref: string): Refusal => ({
  refuse: `nobody is known as "${ref}"`,
  hint: 'Name a person of the configuration by id, @id or name, or a member of the chat.',
})
