"""Files as people write them: notices that bind a file of an MIT repository, and notices that do not.

Written before the code that reads them was. BARRED must not pass as the repository's MIT; FREE must.
"""

from __future__ import annotations

_CODE = "\nimport torch\n\n\ndef f(x):\n    return torch.relu(x)\n"


def _hashed(text: str) -> str:
    return "".join(f"# {line}".rstrip() + "\n" for line in text.strip("\n").split("\n"))


_GPL = """This file is part of Thing.

Thing is free software: you can redistribute it and/or modify it
under the terms of the GNU {} as published by the
Free Software Foundation, either version {} of the License, or (at your
option) any later version.

Thing is distributed in the hope that it will be useful, but WITHOUT ANY
WARRANTY; without even the implied warranty of MERCHANTABILITY or FITNESS
FOR A PARTICULAR PURPOSE.  See the GNU General Public License for more details."""
_MIT = """Copyright (c) 2021 A. Person

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, subject to the following conditions: The above
copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software."""
_BSD = """Copyright (c) 2020, A. Person. All rights reserved.

Redistribution and use in source and binary forms, with or without
modification, are permitted provided that the following conditions are met:
1. Redistributions of source code must retain the above copyright notice.
2. Redistributions in binary form must reproduce the above copyright notice."""
_NVIDIA = """Copyright (c) 2021-2023, NVIDIA CORPORATION & AFFILIATES.  All rights reserved.

NVIDIA CORPORATION and its licensors retain all intellectual property
and proprietary rights in and to this software, related documentation
and any modifications thereto.  Any use, reproduction, disclosure or
distribution of this software and related documentation without an express
license agreement from NVIDIA CORPORATION is strictly prohibited."""

_BARRED_TEXTS = {
    "gpl 3, comments": _hashed(_GPL.format("General Public License", "3")),
    "gpl 2, docstring": f'"""{_GPL.format("General Public License", "2")}\n"""\n',
    "lgpl": _hashed(_GPL.format("Lesser General Public License", "2.1")),
    "agpl": _hashed(_GPL.format("Affero General Public License", "3")),
    "gpl version 2 only": _hashed("This program is free software; you can redistribute it and/or modify it under\nthe terms "
                                  "of the GNU General Public License version 2 as published by the\nFree Software Foundation."),
    "gpl by dunder": '__author__ = "A"\n__license__ = "GPL"\n',
    "gpl v3 by dunder": '__license__ = "GPL v3"\n',
    "gpl by word": "# Licence: GPL-3\n",
    "gpl short": "# Distributed under the terms of the GNU GPL, version 3.\n",
    "gpl by link": "# License: https://www.gnu.org/licenses/gpl-3.0.html\n",
    "gpl by field": '"""A layer.\n\n:license: GNU General Public License v3 (GPLv3)\n"""\n',
    "lgpl short": "# Licensed under LGPLv3, see COPYING.LESSER\n",
    "agpl short": "# YOLO layers, AGPL-3.0 license\n",
    "agpl ultralytics": "# Ultralytics 🚀 AGPL-3.0 License - https://ultralytics.com/license\n",
    "mpl": _hashed("This Source Code Form is subject to the terms of the Mozilla Public License, v. 2.0.\nIf a copy of the MPL "
                   "was not distributed with this file, You can obtain one at http://mozilla.org/MPL/2.0/."),
    "epl": _hashed("This program and the accompanying materials are made available under the\nterms of the Eclipse Public License 2.0"),
    "eupl": "# Licensed under the EUPL, Version 1.2\n",
    "cc-by-nc": _hashed("This work is licensed under the Creative Commons Attribution-NonCommercial 4.0 International License.\n"
                        "To view a copy of this license, visit http://creativecommons.org/licenses/by-nc/4.0/"),
    "cc-by-nc-sa by link": "# https://creativecommons.org/licenses/by-nc-sa/4.0/\n",
    "cc by-nc in words": "# License: CC BY-NC 4.0\n",
    "cc-by-nd": "# This work is under CC BY-ND 4.0.\n",
    "cc-by-sa": "# Adapted from a Stack Overflow answer, licensed under CC BY-SA 4.0\n",
    "facebook nc": _hashed("Copyright (c) Facebook, Inc. All rights reserved.\n\nThis source code is licensed under the CC-by-NC license "
                           "found in the\nLICENSE file in the root directory of this source tree."),
    "nvidia proprietary": _hashed(_NVIDIA),
    "nvidia source code license": _hashed("Copyright (c) 2022, NVIDIA Corporation. All rights reserved.\n\nThis work is made available under "
                                          "the Nvidia Source Code License-NC.\nTo view a copy, visit https://nvlabs.github.io/x/license.html"),
    "all rights reserved": "# (C) 2023 Example GmbH. All rights reserved.\n",
    "all rights reserved, docstring": '"""Fused layers.\n\nCopyright 2024 Example Ltd.\nALL RIGHTS RESERVED.\n"""\n',
    "confidential": "# CONFIDENTIAL - property of Example Inc. Do not distribute.\n",
    "unauthorized copying": _hashed("Unauthorized copying of this file, via any medium, is strictly prohibited.\nProprietary and confidential."),
    "research only": "# This software is provided for academic research purposes only.\n",
    "evaluation": "# Licensed for evaluation purposes only; any production use requires a license from Example.\n",
    "no commercial use": "# Commercial use is prohibited without written permission.\n",
    "not for commercial": "# Not for commercial use. Contact a at b for a commercial license.\n",
    "prosperity": "# Licensed under the PolyForm Noncommercial License 1.0.0\n",
    "busl": "# Use of this software is governed by the Business Source License 1.1\n",
    "sspl": "# Licensed under the Server Side Public License, version 1\n",
    "llama": "# This software may be used and distributed according to the terms of the Llama 2 Community License Agreement.\n",
    "openrail": "# Licensed under the CreativeML Open RAIL-M License\n",
    "spdx gpl below mit": "# SPDX-License-Identifier: MIT\n# SPDX-License-Identifier: GPL-2.0-only\n",
    "mit then gpl part": f"{_hashed(_MIT)}#\n# The function below is taken from X, which is under the GNU General Public License v2.\n",
    "notice below imports": f"import os\nimport sys\n\n{_hashed(_GPL.format('General Public License', '3'))}",
    "notice over the class": "import torch\n\n# The code below is from Y (GPL-3.0).\nclass Z(torch.nn.Module):\n    pass\n",
    "notice in a later docstring": 'import torch\n\n\nclass Z(torch.nn.Module):\n    """From Y, licensed under CC BY-NC-SA 4.0."""\n',
    "spdx proprietary": "# SPDX-License-Identifier: LicenseRef-NvidiaProprietary\n",
    "spdx slashes": "#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n# SPDX-License-Identifier: AGPL-3.0-or-later\n",
}  # fmt: skip
_FREE_TEXTS = {
    "nothing": "",
    "mit in full": _hashed(_MIT),
    "bsd in full": _hashed(_BSD),
    "bsd by name": _hashed("Copyright (c) A. All rights reserved.\nUse of this source code is governed by a BSD-style license that can be\n"
                           "found in the LICENSE file."),
    "meta": _hashed("Copyright (c) Meta Platforms, Inc. and affiliates.\nAll rights reserved.\n\nThis source code is licensed under the "
                    "BSD-style license found in the\nLICENSE file in the root directory of this source tree."),
    "apache": _hashed("Copyright 2020 The Authors. All rights reserved.\n\nLicensed under the Apache License, Version 2.0 (the \"License\");\n"
                      "you may not use this file except in compliance with the License."),
    "microsoft": "# Copyright (c) Microsoft Corporation. All rights reserved.\n# Licensed under the MIT license.\n",
    "dual": "# SPDX-License-Identifier: MIT OR GPL-2.0-only\n",
    "dunder mit": '__license__ = "MIT"\n',
    "gpl as a name": "GPL = 3  # gain per layer\n\n\ndef lgpl(x):\n    return x\n",
    "proprietary as a word": '"""Handles proprietary formats of point clouds."""\n',
    "confidential as a word": '"""Differential privacy for confidential training data."""\n',
    "commercial and not": "# Free for commercial and non-commercial use.\n",
    "compared with": '"""Faster than the implementation of scikit-cuda (not copied from it)."""\n',
    "rights": '"""All rights and lefts of the tree are swapped."""\n',
    "research": '"""For research on sparse attention see the paper."""\n',
}  # fmt: skip
BARRED = {name: text + _CODE for name, text in _BARRED_TEXTS.items()}
FREE = {name: text + _CODE for name, text in _FREE_TEXTS.items()}
