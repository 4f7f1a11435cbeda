/** What the page of reports asks. */
import { queryOptions } from '@tanstack/react-query';
import { address, get, getFile, type File } from './client';

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
