import type { en } from './en.ts'

/** English is the model: another language that lacks one of its words, or has one more, does not compile. */
export type Words = typeof en
