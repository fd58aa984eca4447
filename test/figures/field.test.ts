import assert from 'node:assert/strict';
import { publishedMethods } from '../../src/experiments/publishedField.ts';
import { fieldFigure, fieldFinding, type PublishedMethod } from '../../src/figures/field.ts';
import { matchSnapshot } from './snapshot.ts';

const method = (name: string, year: number, uar: number, usesMore = false): PublishedMethod =>
  ({ method: name, year, usesMore, dfew: { uar, war: uar + 10 }, ferv39k: year === 2023 ? { uar: uar - 20, war: uar - 10 } : null, source: 'a table' });
const METHODS = [method('later', 2024, 66, true), method('paper', 2023, 56), method('before', 2021, 54), method('same year', 2023, 55)];

describe('fieldFigure', () => {
  it('draws the methods in the order of time, both sets and both measures', () => { matchSnapshot('field', fieldFigure(METHODS, { paper: 'paper' })); });

  it('orders by year, then by UAR, and marks the paper', () => {
    const { layout } = fieldFigure(METHODS, { paper: 'paper' });
    const names = (layout['yaxis'] as { ticktext: string[] }).ticktext.map((text) => text.replace(/<[^>]*>/g, '').split('  ')[0]);
    assert.deepEqual(names, ['before', 'same year', 'paper', 'later']);
  });

  it('says how many of those since the paper are above it', () => {
    assert.equal(fieldFinding(METHODS, 'paper'), 'Of 2 methods since 2023, 1 is above paper\'s UAR of 56.0\u00a0% on DFEW, all with other data, text or sound; later leads with 66.0\u00a0%');
    assert.equal(fieldFinding(METHODS.slice(1), 'paper'), 'paper\'s 56.0\u00a0% UAR on DFEW is not surpassed by these');
    assert.equal(fieldFinding([method('later', 2024, 66), method('paper', 2023, 56)], 'paper'), 'The one method since 2023 is above paper\'s UAR of 56.0\u00a0% on DFEW, 1 of them not known to use more than its video; later leads with 66.0\u00a0%');
  });
});

describe('publishedMethods', () => {
  it('holds every method once, with numbers of a set and their source', () => {
    const methods = publishedMethods();
    assert.equal(new Set(methods.map(({ method: name }) => name)).size, methods.length);
    for (const { dfew, ferv39k, source, year } of methods) assert.ok((dfew ?? ferv39k) !== null && source !== '' && year >= 2020 && year <= 2026);
    assert.deepEqual(methods.find(({ method: name }) => name === 'GCA+IAL')?.dfew, { uar: 55.71, war: 69.24 });
    assert.equal(methods.find(({ method: name }) => name === 'CLIPER')?.source, 'text; wangyanckxx/SurveyFER, README of arXiv 2408.15777');
  });
});
