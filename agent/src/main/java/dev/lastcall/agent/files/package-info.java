// SPDX-License-Identifier: Apache-2.0
/** Who could have written a file, whether it is to be believed, and who works in a directory. Knows nothing of what the files hold. */
@NullMarked
package dev.lastcall.agent.files;

import org.jspecify.annotations.NullMarked;
