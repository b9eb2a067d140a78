import type { en } from './en.ts'
import type { reviewEn } from './review-en.ts'

/** English is the model: another language that lacks one of its words, or has one more, does not compile. */
export type Words = typeof en
export type ReviewWords = typeof reviewEn
