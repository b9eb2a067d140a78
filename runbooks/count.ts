import type { Component } from '../core/catalog/schema.ts'
import { isSynchronous } from '../remediation/databases.ts'
import { step } from './define.ts'

/** What stands before each promotion of a database whose commits wait for standbys. */
export const countedFirst = (component: Component, member: string) =>
  isSynchronous(component) ? [step('count-successor', { member })] : []
