/** What the page of reports asks. */
import { queryOptions } from '@tanstack/react-query';
import { address, get, getFile, post, postFor, remove, type File } from './client';
import type { NewSchedule } from './types';

export const reportsQuery = queryOptions({
  queryKey: ['reports'],
  queryFn: ({ signal }) => get('/v1/reports', {}, signal),
});

/** What one may say of a report; each of them as the address has it. */
export type Made = { format?: string; from?: string; to?: string; bucket?: string; currency?: string };

const pathOf = (report: string) => `/v1/reports/${encodeURIComponent(report)}`;

/** The address of a report's file: whoever may have it, and is signed in, gets it there. */
export const reportAddress = (report: string, made: Made): string => address(pathOf(report), made);

export const makeReport = (report: string, made: Made): Promise<File> => getFile(pathOf(report), made);

export const SCHEDULES_KEY = ['report-schedules'] as const;

export const schedulesQuery = queryOptions({
  queryKey: SCHEDULES_KEY,
  queryFn: ({ signal }) => get('/v1/report-schedules', {}, signal),
});

export const addSchedule = (said: NewSchedule): Promise<void> => post('/v1/report-schedules', said);

export const removeSchedule = (key: string): Promise<void> => remove('/v1/report-schedules/{key}', key);

/** Sends the report of a schedule now; what becomes of it, the deliveries say. */
export const sendNow = (key: string) => postFor('/v1/report-schedules/{key}/send', { member: key });
