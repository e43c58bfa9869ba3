// SPDX-License-Identifier: Apache-2.0
/**
 * Notices from anywhere else: a URL that answers ({@link dev.lastcall.metadata.generic.UrlNotice}, with presets for Alibaba,
 * Tencent and Elice), a file that appears ({@link dev.lastcall.metadata.generic.FileNotice}), an end that is known beforehand
 * ({@link dev.lastcall.metadata.generic.FixedEnd}: a Capacity Block, {@code maxRunDuration}), and what is raised by
 * hand: an operator's notice, or the shutdown of the operating system ({@link dev.lastcall.metadata.generic.ManualNotice}).
 */
@NullMarked
package dev.lastcall.metadata.generic;

import org.jspecify.annotations.NullMarked;
