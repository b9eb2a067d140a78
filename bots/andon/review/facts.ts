import { customersOf, rangeSentence } from '../customers.ts'
import { allWell } from '../snapshot-text.ts'
import { bare, type Context } from './context.ts'
import { code, link, md, table } from './markdown.ts'

const componentsMax = 15

/** The picture at the pull, how often it changed, and what was not well at the end. */
export function factsOf({ andon, review, told }: Context): string[] {
  const words = review.facts
  const pictures = told('andon.snapshot')
  const first = pictures.find(({ data }) => data.first) ?? pictures[0]
  if (!first) return []
  const changes = pictures.filter((picture) => picture !== first).length
  const components = (andon.snapshot?.components ?? []).slice(0, componentsMax)
  const rows = components.map(({ id, status, well, of }) => [code(id), md(status), `${well} / ${of}`])
  const last = changes > 0 && rows.length > 0 ? ['', words.end, '', ...table(words.heads, rows)] : []
  const picture = first.data.summary === allWell ? words.well : words.picture(md(bare(first.data.summary)))
  return [[picture, ...(changes > 0 ? [words.changes(changes)] : [])].join(review.gap), ...last]
}

export function suspectsOf({ andon, review, form }: Context): string[] {
  const words = review.suspects
  if (andon.suspects.length === 0) return [words.none]
  const rows = andon.suspects.map(({ title, url, component, at, by, why }) => [
    at <= andon.pulledAt ? words.before(form.span(andon.pulledAt - at)) : form.time(at),
    link(title, url),
    component === null ? '' : code(component),
    md(by),
    md(why),
  ])
  return table(words.heads, rows)
}

export function customersSection({ andon, review, form, locale, name, named }: Context): string[] {
  const words = review.customers
  const { segments } = customersOf(andon)
  const sentence = rangeSentence(andon, locale, { zone: form.zone })
  const rows = segments.map(({ name: segment, count, owner, told }) => [
    md(segment),
    count > 0 ? form.number(count) : '',
    owner === null ? '' : named(owner),
    told ? words.toldAt(form.time(told.at), name(told.by)) : words.notTold,
  ])
  const upper = sentence === null ? words.none : md(sentence.charAt(0).toUpperCase() + sentence.slice(1))
  return [
    locale === 'ja' ? `${upper}${sentence === null ? '' : '。'}` : `${upper}${sentence === null ? '' : '.'}`,
    ...(rows.length > 0 ? ['', ...table(words.heads, rows)] : []),
  ]
}
