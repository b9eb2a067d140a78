import type { Person } from '../andon.ts'
import { allWell } from '../snapshot-text.ts'
import type { Tells } from './tells.ts'

/** Without its full stop: ours follows. */
const bare = (text: string) => text.trim().replace(/[.。]+$/, '')
const runStatus = (status: unknown) =>
  ({ done: 'done', failed: 'failed', unknown: 'in doubt', cancelled: 'stopped' })[`${status}`] ?? `${status}`
const bracketed = (name: string | null) => (name === null ? '' : ` (${name})`)
const noted = (note: string | null) => (note ? `: ${note}` : '')

/** A sentence for each entry, in English. */
export const tellEn: Tells = {
  'andon.pulled': ({ text, by, drill, private: hidden }, f) =>
    `${drill ? 'DRILL: ' : ''}${f.name(by)} pulled the andon${hidden ? ' in private' : ''}: ${f.text(text)}`,
  'andon.joined': ({ text, by, count }, f) => `${f.name(by)} ${count > 1 ? `sees it too (${count} people now)` : 'adds'}: ${f.text(text)}`,
  'andon.red': ({ reason, by: who }, f) => `Red: ${f.text(reason)}${bracketed(who && f.name(who))}`,
  'andon.call': ({ until, again }, f) => `${again ? 'A leader is called again' : 'A leader is called'}, until ${f.exact(until)}`,
  'andon.call-off': () => 'Nobody need be called any more',
  'andon.role': ({ role, person, before, by: who, note }, f) => {
    const what = { lead: 'the lead', scribe: 'the notes', comms: 'communications' }[role]
    const told = noted(note && f.text(note))
    if (person === null) return `${before ? f.name(before) : f.name(who)} gave up ${what}${told}`
    const taken = person.id === who.id
    const from = before && before.id !== person.id && before.id !== who.id ? ` from ${f.name(before)}` : ''
    return taken
      ? `${f.name(person)} took ${what}${from}${told}`
      : `${f.name(who)} ${before ? 'handed' : 'gave'} ${what} to ${f.name(person)}${from}${told}`
  },
  'andon.component': ({ component, before, by }, f) => `${f.name(by)}: it is about ${component}${before ? `, not ${before}` : ''}`,
  'andon.severity': ({ severity, by }, f) => `${f.name(by)} set the severity to ${severity}`,
  'andon.private': ({ private: hidden, by }, f) => `${f.name(by)} made it ${hidden ? 'private' : 'open to everybody'}`,
  'andon.lane-opened': ({ title, by: who }, f) => `Lane opened: ${f.text(title)}${bracketed(who && f.name(who))}`,
  'andon.lane-taken': ({ title, by, dueAt }, f) => `${f.name(by)} took the lane ${f.text(title)}, back by ${f.time(dueAt)}`,
  'andon.lane-report': ({ title, text, by }, f) => `${f.text(title)}, ${f.name(by)}: ${f.text(text)}`,
  'andon.lane-done': ({ title, outcome, by }, f) => `${f.text(title)} is done (${f.name(by)}): ${f.text(outcome)}`,
  'andon.lane-room': ({ title, by }, f) => `${f.name(by)} asked for a room for the lane ${f.text(title)}`,
  'andon.lane-room-stands': ({ title, name }, f) =>
    name === null
      ? `There is no room for the lane ${f.text(title)}: reply to its card`
      : `The room of the lane ${f.text(title)} is #${f.text(name)}`,
  'andon.inquiry-sent': ({ name, by }, f) => `${f.name(by)} asked ${name}`,
  'andon.inquiry-answered': ({ name, text, by }, f) => `${name} answered (${f.name(by)}): ${f.text(text)}`,
  'andon.inquiry-closed': ({ name, by }, f) => `${f.name(by)} closed the inquiry to ${name}`,
  'andon.inquiry-chase': ({ name, times, owner }, f) => `${name} has not answered; ${f.name(owner)}, please ask again (reminder ${times})`,
  'andon.update': ({ text, audience, by }, f) =>
    `Update${{ room: '', everyone: ' for everybody', customers: ' for customers' }[audience] ?? ''}, ${f.name(by)}: ${f.text(text)}`,
  'andon.reminder': ({ about, subject, text, person }, f) => {
    const who = person ? `${f.name(person)}, ` : ''
    const what = {
      update: 'an update is due',
      lane: `the lane ${f.text(text || subject)} is past its time`,
      kaizen: `overdue: ${f.text(text || subject)}`,
    }
    return `${who}${what[about]}`
  },
  'andon.note': ({ text, by, files }, f) =>
    `${f.name(by)}: ${f.text(text)}${files.length > 0 ? ` (${files.map(({ name }) => name).join(', ')})` : ''}`,
  'andon.note-changed': ({ text, by }, f) =>
    text === null ? `${f.name(by)} took back a note` : `${f.name(by)} changed a note: ${f.text(text)}`,
  'andon.snapshot': ({ first, summary, changed }, f) =>
    `${first ? 'How things are' : 'Changed'}: ${changed.length > 0 ? f.text(changed.join('; ')) : summary === allWell ? 'all well' : f.text(summary)}`,
  'andon.suspects': ({ suspects: [top, ...more] }, f) =>
    top
      ? `Suspect: ${f.text(top.title)} (${f.text(top.why)})${more.length > 0 ? `, and ${more.length} more` : ''}`
      : 'No change that could have to do with it',
  'andon.range': ({ reading }, f) => `Range: ${f.range(reading)}`,
  'andon.told': ({ segment, by }, f) => `${f.name(by)} told the customers of ${f.text(segment)}`,
  'andon.run': ({ what, runbook, status, reason }, f) =>
    what === 'started'
      ? `Runbook ${runbook} started: ${f.text(reason)}`
      : `Runbook ${runbook} ended, ${runStatus(status)}: ${f.text(reason)}`,
  'andon.ordered': ({ what, runbook, answer, by }, f) => {
    const order = {
      approve: `approved ${runbook ?? 'a runbook'}`,
      retry: `had ${runbook ?? 'a runbook'} tried again`,
      stop: 'stopped automation',
    }[what]
    return `${f.name(by)} ${order}: ${f.text(answer)}`
  },
  'andon.room': ({ name, kind }) => (kind === 'room' ? `The room is ${name}` : `The room is a thread in ${name}`),
  'andon.merged': ({ into, by }, f) => `${f.name(by)} merged it into ${into}; everything goes on there`,
  'andon.took-over': ({ from, by }, f) => `${f.name(by)} merged ${from} into this one`,
  'andon.split': ({ into, text, by }, f) => `${f.name(by)} made a matter of its own of it, ${into}: ${f.text(text)}`,
  'andon.resolved': ({ how, cause, falseAlarm, by, lastedMs }, f) =>
    `Resolved by ${f.name(by)} after ${f.span(lastedMs)}: ${bare(f.text(how))}${cause ? `. Cause: ${bare(f.text(cause))}` : ''}${falseAlarm ? '. Nothing was wrong: good practice, thank you for pulling' : ''}`,
  'andon.reopened': ({ why, by }, f) => `${f.name(by)} opened it again: ${f.text(why)}`,
  'andon.thanks': ({ to, by }, f) => `${f.name(by)} thanks ${to}`,
  'andon.kaizen-added': ({ item: { text, owner, dueAt, kind }, by }, f) => {
    const facts = [owner ? f.name(owner) : 'no owner yet', ...(dueAt === null ? [] : [`by ${f.date(dueAt)}`])].join(', ')
    return `${f.name(by)} noted for kaizen: ${kind === 'runbook' ? 'a runbook: ' : ''}${f.text(text)} (${facts})`
  },
  'andon.kaizen-done': ({ text, result, dropped, by }, f) =>
    `Kaizen ${dropped ? 'dropped' : 'done'} by ${f.name(by)}: ${f.text(text)} (${f.text(result)})`,
  'andon.keep': ({ by, until }, f) => `${f.name(by)} keeps the room until ${f.date(until)}`,
  'andon.archived': ({ name }) => (name ? `The room ${name} was archived` : 'Archived'),

  'incident.opened': ({ member, summary }, f) => `Incident: ${member ? `${member}: ` : ''}${f.text(`${summary ?? ''}`)}`,
  'incident.classified': ({ failure }) => `It is ${failure}`,
  'incident.refused': ({ runbook, reason }, f) => `Not tried: ${runbook}: ${f.text(`${reason ?? ''}`)}`,
  'incident.escalated': () => 'Automation is at its end: people are called',
  'incident.recovered': ({ reason }, f) => `Recovered: ${f.text(`${reason ?? ''}`)}`,
  'incident.resolved': ({ reason }, f) => `The incident has ended: ${f.text(`${reason ?? ''}`)}`,
  'alert.joined': ({ member, summary }, f) => `Also ${member ? `${member}: ` : ''}${f.text(`${summary ?? ''}`)}`,
  'alerts.more': ({ joined, cleared }) => `More alerts: ${joined} began, ${cleared} ended`,
  'run.queued': ({ runbook, reason }, f) => `Next: ${runbook}: ${f.text(`${reason ?? ''}`)}`,
  'run.resumed': ({ runbook }) => `${runbook} is taken up again`,
  'run.finished': ({ runbook, status, reason }, f) => `${runbook} ended, ${runStatus(status)}: ${f.text(`${reason ?? ''}`)}`,
  'step.done': ({ name }) => `Done: ${name}`,
  'step.failed': ({ name }) => `Failed: ${name}`,
  'step.unknown': ({ name }) => `In doubt: ${name}`,
  'page.called': ({ people, level }) => `Called: ${whom(people)}${ofLevel(level)}`,
  'page.acknowledged': ({ by, via }, f) => `${f.name(by as unknown as Person)} acknowledged the page (${via})`,
  'page.unanswered': () => 'Nobody has acknowledged the page; everybody is called again',
  'page.sent': () => 'A page went out',
  'page.failed': ({ problem }, f) => `No pager took the page: ${f.text(`${problem ?? ''}`)}`,
  'delivery.failed': ({ problem }, f) => `Could not be delivered: ${f.text(`${problem ?? ''}`)}`,
}

/** Ids of people, or nobody in particular. */
const whom = (people: unknown): string => (Array.isArray(people) && people.length > 0 ? people.join(', ') : 'whoever looks')
const ofLevel = (level: unknown): string => (typeof level === 'number' && level > 0 ? ` (level ${level + 1})` : '')
