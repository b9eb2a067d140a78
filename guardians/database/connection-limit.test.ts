import { expect, test } from 'vitest'
import { classMemoryBytes, connectionLimit } from './connection-limit.ts'

const gib = 1_024 ** 3

test.each([
  ['a number', '500', 500],
  ['MySQL', '{DBInstanceClassMemory/12582880}', 682],
  ['PostgreSQL, below its bound', 'LEAST({DBInstanceClassMemory/9531392},5000)', 901],
  ['PostgreSQL, at its bound', 'LEAST({DBInstanceClassMemory/9531392}, 800)', 800],
  ['Aurora MySQL', 'GREATEST({log(DBInstanceClassMemory/805306368)*45},{log(DBInstanceClassMemory/8187281408)*1000})', 153],
  ['a sum', 'SUM({DBInstanceClassMemory/1073741824*10},20)', 100],
])('%s: %s', (_, formula, limit) => {
  expect(connectionLimit(formula, 8 * gib)).toBe(limit)
})

test.each([
  ['words that are not known', '{DBInstanceVCPU*100}'],
  ['half a formula', 'LEAST({DBInstanceClassMemory/9531392}'],
  ['more than a formula', '500 500'],
  ['nothing', ''],
])('%s are no limit', (_, formula) => {
  expect(connectionLimit(formula, 8 * gib)).toBe(null)
})

test('a formula over memory that is not known', () => {
  expect(connectionLimit('{DBInstanceClassMemory/12582880}', null)).toBe(null)
  expect(connectionLimit('300', null)).toBe(300)
})

test.each([
  ['db.t3.micro', 1],
  ['db.m5.large', 8],
  ['db.r6g.2xlarge', 64],
  ['db.c6gd.medium', 2],
  ['db.r4.large', null],
  ['db.serverless', null],
  ['db.r5.large.tpc1.mem2x', null],
  ['db.m5.3large', null],
])('the memory of %s', (dbClass, expected) => {
  expect(classMemoryBytes(dbClass)).toBe(expected === null ? null : expected * gib)
})
